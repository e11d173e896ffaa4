/// Connect probes against sockets of this machine.
#include "probe/connect_probes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/asio/ip/tcp.hpp>
#include <map>

#include "real_process.hpp"

namespace rollcall::probe {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

const IpAddress kLoopback = *IpAddress::parse("127.0.0.1");

Request probe_of(std::uint64_t id, const IpAddress& address, std::uint16_t port,
                 Duration timeout = 10s) {
  const health::CheckSpec spec{.name = "tcp", .how = health::TcpCheck{}, .timeout = timeout};
  return {.run = {id},
          .member = address,
          .target = {address, port},
          .check = std::make_shared<const health::CheckSpec>(spec),
          .host = {}};
}

class ConnectProbesTest : public testing::Test {
 protected:
  /// Until so many outcomes are there.
  void run_until(std::size_t outcomes) {
    io_.restart();
    while (outcomes_.size() < outcomes) ASSERT_GT(io_.run_one_for(patience), 0U);
  }
  std::uint16_t listening() const { return acceptor_.local_endpoint().port(); }

  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::map<std::uint64_t, health::Outcome> outcomes_;
  std::function<void(std::uint64_t)> then_ = [](std::uint64_t) {};
  ConnectProbes probes_{io_.get_executor(), [this](RunId run, health::Outcome outcome) {
                          EXPECT_FALSE(outcomes_.contains(run.value)) << "told twice";
                          outcomes_[run.value] = std::move(outcome);
                          then_(run.value);
                        }};
};

TEST_F(ConnectProbesTest, AreForChecksThatAreDoneWithTheConnection) {
  EXPECT_TRUE(ConnectProbes::is_for({.how = health::TcpCheck{}}));
  EXPECT_FALSE(ConnectProbes::is_for({.how = health::TcpCheck{.tls = health::TlsOptions{}}}));
  EXPECT_FALSE(
      ConnectProbes::is_for({.how = health::TcpCheck{.starttls = health::MailProtocol::smtp}}));
  EXPECT_FALSE(ConnectProbes::is_for(
      {.how = health::TcpCheck{.steps = {{health::ScriptStep::Kind::expect, "220"}}}}));
  EXPECT_FALSE(
      ConnectProbes::is_for({.how = health::TcpCheck{.mail = health::MailProtocol::smtp}}));
  EXPECT_FALSE(ConnectProbes::is_for({.how = health::HttpCheck{}}));
}

TEST_F(ConnectProbesTest, AConnectionIsGood) {
  probes_.start(probe_of(1, kLoopback, listening()));
  run_until(1);
  EXPECT_TRUE(outcomes_[1].good);
  EXPECT_EQ(outcomes_[1].reason, "");
  EXPECT_FALSE(outcomes_[1].silent);
}

TEST_F(ConnectProbesTest, OverIpv6Too) {
  tcp::acceptor six(io_, tcp::endpoint(asio::ip::address_v6::loopback(), 0));
  probes_.start(probe_of(1, *IpAddress::parse("::1"), six.local_endpoint().port()));
  run_until(1);
  EXPECT_TRUE(outcomes_[1].good);
}

TEST_F(ConnectProbesTest, WhereNobodyListensItIsRefused) {
  const std::uint16_t port = listening();
  acceptor_.close();
  probes_.start(probe_of(1, kLoopback, port));
  run_until(1);
  EXPECT_EQ(outcomes_[1],
            (health::Outcome{.reason = "connection refused", .refused = true, .silent = true}));
}

TEST_F(ConnectProbesTest, WithoutADescriptorNothingIsFoundOut) {
  rlimit whole{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &whole), 0);
  rlimit none = whole;
  none.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const std::uint16_t port = listening();
  probes_.start(probe_of(1, kLoopback, port));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &whole), 0);
  run_until(1);
  const std::string reason = "connect to 127.0.0.1:" + std::to_string(port);
  EXPECT_EQ(outcomes_[1], (health::Outcome{.reason = reason + ": Too many open files",
                                           .silent = true,
                                           .unknown = true,
                                           .scarce = true}));
}

TEST_F(ConnectProbesTest, WhatFailsAtOnceIsToldLater) {
  probes_.start(probe_of(1, *IpAddress::parse("255.255.255.255"), 1));
  EXPECT_TRUE(outcomes_.empty());
  run_until(1);
  EXPECT_EQ(outcomes_[1],
            (health::Outcome{.reason = "connect to 255.255.255.255:1: Network is unreachable",
                             .silent = true,
                             .unknown = true}));
}

/// A listener whose queue is full does not answer: the connections that filled it stand.
class SilentMember : public ConnectProbesTest {
 protected:
  SilentMember() {
    silent_.open(tcp::v4());
    silent_.bind(tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    silent_.listen(0);
    fill_.connect(silent_.local_endpoint());
  }
  std::uint16_t port() const { return silent_.local_endpoint().port(); }

  tcp::acceptor silent_{io_};
  tcp::socket fill_{io_};
};

TEST_F(SilentMember, EachEndsAtItsOwnTime) {
  then_ = [this](std::uint64_t probe) {
    if (probe == 2) {
      EXPECT_FALSE(outcomes_.contains(1)) << "the shorter time comes first";
    }
  };
  probes_.start(probe_of(1, kLoopback, port(), 300ms));
  probes_.start(probe_of(2, kLoopback, port(), 100ms));
  run_until(2);
  EXPECT_EQ(outcomes_[1].reason, "connect: timed out after 300ms");
  EXPECT_EQ(outcomes_[2].reason, "connect: timed out after 100ms");
  EXPECT_TRUE(outcomes_[1].silent);
}

TEST_F(SilentMember, HoldsUpNobody) {
  probes_.start(probe_of(0, kLoopback, port(), 1h));
  for (std::uint64_t probe = 1; probe <= 500; ++probe) {
    probes_.start(probe_of(probe, kLoopback, listening()));
  }
  run_until(500);
  EXPECT_FALSE(outcomes_.contains(0));
  for (const auto& [probe, outcome] : outcomes_) EXPECT_TRUE(outcome.good) << probe;
}

TEST_F(SilentMember, NothingIsToldOfWhatWasCancelled) {
  probes_.start(probe_of(1, kLoopback, port(), 50ms));
  probes_.start(probe_of(2, *IpAddress::parse("255.255.255.255"), 1));
  probes_.start(probe_of(3, kLoopback, listening()));
  probes_.cancel();
  io_.restart();
  io_.run_for(100ms);
  EXPECT_TRUE(outcomes_.empty());
}

TEST_F(ConnectProbesTest, AnOutcomeMayStartTheNext) {
  then_ = [this](std::uint64_t probe) {
    if (probe < 100) probes_.start(probe_of(probe + 1, kLoopback, listening()));
  };
  probes_.start(probe_of(1, kLoopback, listening()));
  run_until(100);
  EXPECT_EQ(outcomes_.size(), 100U);
}

}  // namespace
}  // namespace rollcall::probe
