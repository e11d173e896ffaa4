/// Each kind of probe while one call of the kernel fails with each errno: what our own host lacks
/// is no word of the member. The filter (seccomp) holds for the thread that makes the probe.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <seccomp.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cerrno>
#include <cstring>
#include <thread>

#include "core/fault.hpp"
#include "probe/prober.hpp"
#include "real_process.hpp"

namespace rollcall::probe {
namespace {

using namespace std::chrono_literals;

/// Listens on one port by TCP and UDP, and says nothing.
class Silent {
 public:
  Silent() : tcp_(io_, {asio::ip::address_v4::loopback(), 0}), udp_(io_) {
    const asio::ip::udp::endpoint same(asio::ip::address_v4::loopback(), port());
    udp_.open(same.protocol());
    udp_.bind(same);
  }
  std::uint16_t port() const { return tcp_.local_endpoint().port(); }

 private:
  asio::io_context io_;
  asio::ip::tcp::acceptor tcp_;
  asio::ip::udp::socket udp_;
};

void let_fail(int syscall, int error) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  ASSERT_NE(filter, nullptr);
  ASSERT_EQ(seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), syscall, 0),
            0);
  ASSERT_EQ(seccomp_load(filter), 0);
  seccomp_release(filter);
}

/// The outcome of one probe of the silent member while `syscall` fails with `error`.
health::Outcome probe(const decltype(health::CheckSpec::how)& how, std::uint16_t port, int syscall,
                      int error) {
  std::optional<health::Outcome> outcome;
  std::thread([&] {
    asio::io_context io;
    const auto readers = files::FileReaders::start().value();
    Prober prober(
        io.get_executor(), *readers,
        [&](RunId, health::Outcome said) { outcome = std::move(said); }, [](const std::string&) {});
    const health::CheckSpec spec{.name = "x", .how = how, .timeout = 200ms};
    const IpAddress address = *IpAddress::parse("127.0.0.1");
    io.poll();
    let_fail(syscall, error);
    prober.start({.run = {},
                  .member = address,
                  .target = {address, port},
                  .check = std::make_shared<const health::CheckSpec>(spec),
                  .host = "www.a.b"});
    while (!outcome && io.run_one_for(patience) > 0) {
    }
  }).join();
  return outcome.value_or(health::Outcome{.reason = "no outcome"});
}

const std::vector<std::pair<std::string, decltype(health::CheckSpec::how)>> kEveryKind{
    {"connect", health::TcpCheck{}},
    {"script", health::TcpCheck{.steps = {{health::ScriptStep::Kind::expect, "x"}}}},
    {"http", health::HttpCheck{}},
    {"agent", health::AgentCheck{}},
    {"dns", health::DnsCheck{.query = "a.b."}},
    {"icmp", health::IcmpCheck{}}};

constexpr int kErrors[] = {EADDRNOTAVAIL, ENETUNREACH, EHOSTUNREACH, EAFNOSUPPORT,
                           ENETDOWN,      EPERM,       EACCES,       EMFILE,
                           ENFILE,        ENOBUFS,     ENOMEM,       EINVAL};

class OwnHost : public testing::Test {
 protected:
  Silent member_;
};

TEST_F(OwnHost, WhatSocketAndConnectSayIsNoOutcome) {
  for (const auto& [kind, how] : kEveryKind) {
    for (const int syscall : {SCMP_SYS(socket), SCMP_SYS(connect)}) {
      for (const int error : kErrors) {
        const health::Outcome outcome = probe(how, member_.port(), syscall, error);
        EXPECT_TRUE(outcome.unknown) << kind << ' ' << error << ' ' << outcome.reason;
        EXPECT_EQ(outcome.scarce, is_shortage(error)) << kind << ' ' << error;
        EXPECT_THAT(outcome.reason, ::testing::EndsWith(std::strerror(error))) << kind;
      }
    }
  }
}

TEST_F(OwnHost, ARefusalIsTheMembersWord) {
  for (const auto& [kind, how] : kEveryKind) {
    if (kind == "icmp") continue;
    const health::Outcome outcome = probe(how, member_.port(), SCMP_SYS(connect), ECONNREFUSED);
    EXPECT_FALSE(outcome.unknown) << kind << ' ' << outcome.reason;
    EXPECT_TRUE(outcome.refused) << kind << ' ' << outcome.reason;
  }
}

/// What comes once the way was open came by ICMP: from the path.
TEST_F(OwnHost, WhatIsSaidLaterIsABadProbe) {
  const std::vector<int> sends{SCMP_SYS(sendto), SCMP_SYS(sendmsg)};
  for (const auto& [kind, how] : kEveryKind) {
    if (kind == "connect" || kind == "script" || kind == "agent") continue;  // the member speaks
    for (const int error : {ENETUNREACH, EHOSTUNREACH, EACCES, EPROTO}) {
      for (const int syscall : sends) {
        const health::Outcome outcome = probe(how, member_.port(), syscall, error);
        EXPECT_FALSE(outcome.unknown) << kind << ' ' << error << ' ' << outcome.reason;
      }
    }
    for (const int error : {EPERM, ENOBUFS}) {
      bool unknown = false;
      for (const int syscall : sends) {
        unknown |= probe(how, member_.port(), syscall, error).unknown;
      }
      EXPECT_TRUE(unknown) << kind << ' ' << error << ": no ICMP message says this";
    }
  }
}

/// A predictable id would let a stranger forge the reply.
TEST_F(OwnHost, WithoutRandomNumbersNothingIsAsked) {
  for (const auto& [kind, how] : kEveryKind) {
    if (kind != "dns" && kind != "icmp") continue;
    const health::Outcome outcome = probe(how, member_.port(), SCMP_SYS(getrandom), ENOSYS);
    EXPECT_TRUE(outcome.unknown) << kind;
    EXPECT_EQ(outcome.reason, "no random numbers: Function not implemented") << kind;
  }
}

TEST_F(OwnHost, AProgramThatCannotBeStartedIsNoOutcome) {
  for (const char* const program : {"/nowhere/program", "/etc/passwd", "/tmp"}) {
    const health::Outcome outcome = probe(health::ExecCheck{{program}}, 0, SCMP_SYS(reboot), EPERM);
    EXPECT_TRUE(outcome.unknown) << program << ' ' << outcome.reason;
    EXPECT_FALSE(outcome.scarce) << program;
    EXPECT_THAT(outcome.reason, ::testing::StartsWith(fmt::format("cannot run {}: ", program)));
  }
  for (const int error : {EMFILE, ENFILE}) {
    const health::Outcome outcome =
        probe(health::ExecCheck{{"/bin/true"}}, 0, SCMP_SYS(pipe2), error);
    EXPECT_TRUE(outcome.unknown && outcome.scarce) << error << ' ' << outcome.reason;
  }
}

}  // namespace
}  // namespace rollcall::probe
