#include "probe/prober.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include "io/endpoints.hpp"
#include "io/task_group.hpp"
#include "real_process.hpp"

namespace rollcall::probe {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

constexpr std::size_t kSearched = 8192;

/// A member that says the same to everybody.
class Member {
 public:
  enum class End { close, stay, drip };

  Member(asio::io_context& io, std::string reply, End end)
      : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        reply_(std::move(reply)),
        end_(end),
        tasks_(io.get_executor()) {
    tasks_.start(serve());
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  const std::string& heard() const { return heard_; }

 private:
  asio::awaitable<void> serve() {
    auto [error, stream] = co_await acceptor_.async_accept(as_value);
    if (error) co_return;
    co_await asio::async_write(stream, asio::buffer(reply_), as_value);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (int i = 0; end_ == End::drip && i < 10'000; ++i) {
      timer.expires_after(5ms);
      co_await timer.async_wait(as_value);
      const auto [failed, n] = co_await asio::async_write(stream, asio::buffer("x", 1), as_value);
      if (failed) co_return;
    }
    if (end_ == End::close) stream.shutdown(tcp::socket::shutdown_send, error);
    char piece[4096];
    while (true) {
      const auto [failed, n] = co_await stream.async_read_some(asio::buffer(piece), as_value);
      if (failed) co_return;
      heard_.append(piece, n);
    }
  }

  tcp::acceptor acceptor_;
  std::string reply_;
  End end_;
  std::string heard_;
  io::TaskGroup tasks_;
};

/// "good", or the reason.
std::string words(const health::Outcome& outcome) {
  return outcome.good ? "good" : outcome.reason;
}

Request probe_of(const health::CheckSpec& spec, const char* member, std::uint16_t port) {
  const IpAddress address = *IpAddress::parse(member);
  return {.run = {},
          .member = address,
          .target = {address, port},
          .check = std::make_shared<const health::CheckSpec>(spec),
          .host = "www.a.b"};
}

/// A prober, and what it said last.
struct Asker {
  bool is_answered() {
    while (!outcome) {
      if (io.run_one_for(patience) == 0) return false;
    }
    return true;
  }

  asio::io_context io;
  std::optional<health::Outcome> outcome;
  std::unique_ptr<files::FileReaders> readers = files::FileReaders::start().value();
  Prober prober{io.get_executor(), *readers,
                [this](RunId, health::Outcome said) { outcome = std::move(said); },
                [](const std::string&) {}};
};

std::string outcome_of(const health::CheckSpec& spec, const std::string& reply,
                       Member::End end = Member::End::close) {
  Asker asker;
  Member member(asker.io, reply, end);
  asker.prober.start(probe_of(spec, "127.0.0.1", member.port()));
  return asker.is_answered() ? words(*asker.outcome) : "no outcome";
}

health::CheckSpec http(std::string expect = "") {
  return {.name = "web", .how = health::HttpCheck{.expect = std::move(expect)}, .timeout = 2s};
}

struct Row {
  const char* what;
  std::string expect;
  std::string reply;
  std::string outcome;
};

std::string repeated(std::size_t times, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(ProbeHttp, Replies) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string hay(kSearched, 'x');
  const Row rows[] = {
      {"status alone", "", ok + "Content-Length: 5\r\n\r\n", "good"},
      {"a length", "fine", ok + "Content-Length: 4\r\n\r\nfine", "good"},
      {"to the end", "fine", ok + "\r\nall is fine", "good"},
      {"HTTP/1.0", "fine", "HTTP/1.0 200 OK\r\n\r\nfine", "good"},
      {"in chunks", "all is fine",
       ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nall \r\n7\r\nis fine\r\n0\r\n\r\n", "good"},
      {"a length beyond everything", "fine", ok + "Content-Length: 1000000000000000000\r\n\r\nfine",
       "good"},
      {"cut off", "fine", ok + "Content-Length: 1000\r\n\r\nfi", "expected \"fine\", got \"fi\""},
      {"too late", "fine", ok + "\r\n" + hay + "fine",
       "expected \"fine\", got \"" + std::string(60, 'x') + "...\""},
      {"over the limit", "fine", ok + "\r\n" + hay.substr(2) + "fine",
       "expected \"fine\", got \"" + std::string(60, 'x') + "...\""},
      {"just in time", "fine", ok + "\r\n" + hay.substr(4) + "fine", "good"},
      {"hints come first", "fine",
       "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok +
           "\r\nfine",
       "good"},
      {"hints enough", "fine", repeated(16, "HTTP/1.1 100 Continue\r\n\r\n") + ok + "\r\nfine",
       "good"},
      {"hints without end", "fine", repeated(5000, "HTTP/1.1 100 Continue\r\n\r\n"),
       "more than 16 informational replies"},
      {"an error", "fine", "HTTP/1.1 503 Busy\r\n\r\nfine", "status 503"},
      {"nothing", "", "", "reply: connection closed"},
      {"half a header", "", ok + "Content-Le", "reply: connection closed within the header"},
      {"another protocol", "", "220 mail.a.b ESMTP\r\n",
       "not an HTTP reply: \"220 mail.a.b ESMTP\""},
      {"a long header", "", ok + "X: " + repeated(8, hay) + "\r\n\r\n", "good"},
      {"a header without end", "", ok + "X: " + repeated(17, hay) + "\r\n\r\n",
       "not an HTTP reply: headers larger than 128 KiB"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(outcome_of(http(row.expect), row.reply), row.outcome) << row.what;
  }
}

TEST(ProbeHttp, TheTimeIsThatOfTheWholeProbe) {
  health::CheckSpec check = http("fine");
  check.timeout = 100ms;
  EXPECT_EQ(outcome_of(check, "", Member::End::stay), "reply: timed out after 100ms");
  EXPECT_EQ(outcome_of(check, "HTTP/1.1 200 OK\r\n\r\n", Member::End::drip),
            "reply: timed out after 100ms");
}

TEST(ProbeTcp, TheTimeIsThatOfTheWholeProbe) {
  const health::TcpCheck tcp{.steps = {{health::ScriptStep::Kind::expect, "220"}}};
  const health::CheckSpec check{.name = "smtp", .how = tcp, .timeout = 100ms};
  EXPECT_EQ(outcome_of(check, "", Member::End::stay), "reply: timed out after 100ms");
  EXPECT_EQ(outcome_of(check, "421 busy\r\n", Member::End::stay),
            "reply: timed out after 100ms; expected \"220\", got \"421 busy\"");
  EXPECT_EQ(outcome_of(check, "", Member::End::close),
            "expected \"220\", but the connection was closed");
}

TEST(ProbeAgent, ReadsOneLine) {
  const health::CheckSpec check{.name = "a", .how = health::AgentCheck{}, .timeout = 2s};
  EXPECT_EQ(outcome_of(check, "up 50%\n", Member::End::stay), "good");
  EXPECT_EQ(outcome_of(check, "up", Member::End::close), "good");
  EXPECT_EQ(outcome_of(check, "down\nup\n", Member::End::stay), "the agent says \"down\"");
  EXPECT_EQ(outcome_of(check, "", Member::End::close), "the agent names no state");
  health::CheckSpec brief = check;
  brief.timeout = 100ms;
  EXPECT_EQ(outcome_of(brief, "up", Member::End::stay), "reply: timed out after 100ms");
}

TEST(Prober, NoOutcomeComesBeforeItsStarterHasGoneOn) {
  const std::vector<decltype(health::CheckSpec::how)> kinds{
      health::FileCheck{"/nowhere/states", true},
      health::ExecCheck{{"/nowhere/program"}},
      health::IcmpCheck{},
      health::DnsCheck{.query = "a.b."},
      health::TcpCheck{},
      health::AgentCheck{}};
  for (const auto& how : kinds) {
    asio::io_context io;
    bool gone_on = false;
    bool early = false;
    bool ended = false;
    const auto readers = files::FileReaders::start().value();
    Prober prober(
        io.get_executor(), *readers,
        [&](RunId, const health::Outcome& outcome) {
          early = !gone_on;
          ended = true;
          EXPECT_FALSE(outcome.good) << how.index();
        },
        [](const std::string&) {});
    const health::CheckSpec spec{.name = "x", .how = how, .timeout = 2s};
    // Its connect fails at once.
    const Request request = probe_of(spec, "255.255.255.255", 1);
    asio::post(io, [&] {
      prober.start(request);  // runs at once, as far as it goes
      gone_on = true;
    });
    while (!ended) ASSERT_GT(io.run_one_for(patience), 0U) << how.index();
    EXPECT_FALSE(early) << how.index();
  }
}

/// What is said of a port on which nobody listens.
TEST(Prober, TellsThatNobodyListens) {
  const std::vector<decltype(health::CheckSpec::how)> kinds{health::DnsCheck{.query = "a.b."},
                                                            health::TcpCheck{}, health::HttpCheck{},
                                                            health::AgentCheck{}};
  for (const auto& how : kinds) {
    Asker asker;
    const health::CheckSpec spec{.name = "x", .how = how, .timeout = 2s};
    asker.prober.start(probe_of(spec, "127.0.0.1", free_port()));
    ASSERT_TRUE(asker.is_answered()) << how.index();
    EXPECT_FALSE(asker.outcome->good) << how.index();
    EXPECT_TRUE(asker.outcome->refused) << how.index() << ' ' << asker.outcome->reason;
  }
}

/// What is found out by each kind of probe while no descriptor is to be had.
TEST(Prober, WithoutADescriptorNothingIsFoundOut) {
  const std::vector<decltype(health::CheckSpec::how)> kinds{
      health::ExecCheck{{"/bin/true"}},
      health::IcmpCheck{},
      health::DnsCheck{.query = "a.b."},
      health::TcpCheck{},
      health::TcpCheck{.steps = {{health::ScriptStep::Kind::expect, "x"}}},
      health::HttpCheck{},
      health::AgentCheck{}};
  for (const auto& how : kinds) {
    Asker asker;
    const health::CheckSpec spec{.name = "x", .how = how, .timeout = 2s};
    const Request request = probe_of(spec, "127.0.0.1", 1);
    asker.io.poll();
    rlimit whole{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &whole), 0);
    rlimit none = whole;
    none.rlim_cur = 0;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    asker.prober.start(request);
    const bool answered = asker.is_answered();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &whole), 0);
    ASSERT_TRUE(answered) << how.index();
    EXPECT_TRUE(asker.outcome->unknown) << how.index() << asker.outcome->reason;
    EXPECT_FALSE(asker.outcome->good) << how.index();
    EXPECT_THAT(asker.outcome->reason, ::testing::EndsWith("Too many open files"));
  }
}

TEST(ProbeExec, SaysTheFirstLineHoweverMuchFollows) {
  const health::ExecCheck exec{
      {"/bin/sh", "-c",
       "echo CRITICAL - disk full; i=0; while [ $i -lt 999 ]; do echo more $i; i=$((i+1)); done; "
       "exit 2"}};
  const health::CheckSpec check{.name = "x", .how = exec, .timeout = 20s};
  EXPECT_EQ(outcome_of(check, ""), "exit status 2: CRITICAL - disk full");
}

/// A nameserver that cuts short what it says over UDP.
class Cutter {
 public:
  Cutter(asio::io_context& io, bool by_tcp) : tasks_(io.get_executor()) {
    const asio::ip::udp::endpoint any(asio::ip::address_v4::loopback(), 0);
    udp_.emplace(io, any);
    if (by_tcp) {
      tcp_.emplace(io, tcp::endpoint(any.address(), udp_->local_endpoint().port()));
      tasks_.start(serve_tcp());
    }
    tasks_.start(serve_udp());
  }
  std::uint16_t port() const { return udp_->local_endpoint().port(); }

 private:
  /// The question with QR, and TC or one A record.
  static std::vector<std::uint8_t> reply(std::vector<std::uint8_t> packet, bool whole) {
    packet.resize(packet.size() - 11);  // without OPT
    packet[2] = whole ? 0x81 : 0x83;
    packet[11] = 0;
    if (!whole) return packet;
    packet[7] = 1;
    for (const int octet : {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1}) {
      packet.push_back(static_cast<std::uint8_t>(octet));
    }
    return packet;
  }
  asio::awaitable<void> serve_udp() {
    std::vector<std::uint8_t> question(512);
    asio::ip::udp::endpoint from;
    const auto [error, size] =
        co_await udp_->async_receive_from(asio::buffer(question), from, as_value);
    if (error) co_return;
    question.resize(size);
    co_await udp_->async_send_to(asio::buffer(reply(question, false)), from, as_value);
  }
  asio::awaitable<void> serve_tcp() {
    auto [error, stream] = co_await tcp_->async_accept(as_value);
    if (error) co_return;
    std::vector<std::uint8_t> question(512);
    const auto [failed, size] = co_await stream.async_read_some(asio::buffer(question), as_value);
    if (failed || size < 2) co_return;
    question.resize(size);
    question.erase(question.begin(), question.begin() + 2);
    std::vector<std::uint8_t> text = reply(std::move(question), true);
    const auto length = static_cast<std::uint8_t>(text.size());
    text.insert(text.begin(), {0, length});
    co_await asio::async_write(stream, asio::buffer(text), as_value);
  }

  std::optional<asio::ip::udp::socket> udp_;
  std::optional<tcp::acceptor> tcp_;
  io::TaskGroup tasks_;
};

std::string outcome_of_cutter(bool by_tcp) {
  asio::io_context io;
  Cutter member(io, by_tcp);
  std::optional<health::Outcome> outcome;
  const auto readers = files::FileReaders::start().value();
  Prober prober(
      io.get_executor(), *readers, [&](RunId, health::Outcome said) { outcome = std::move(said); },
      [](const std::string&) {});
  const health::DnsCheck dns{.query = "www.a.b.", .expect = "192.0.2.1"};
  const health::CheckSpec spec{.name = "x", .how = dns, .timeout = 20s};
  const IpAddress address = *IpAddress::parse("127.0.0.1");
  prober.start({.run = {},
                .member = address,
                .target = {address, member.port()},
                .check = std::make_shared<const health::CheckSpec>(spec),
                .host = "www.a.b"});
  while (!outcome) {
    if (io.run_one_for(patience) == 0) return "no outcome";
  }
  return words(*outcome);
}

TEST(ProbeDns, WhatIsCutShortIsAskedForByTcp) {
  EXPECT_EQ(outcome_of_cutter(true), "good");
  EXPECT_EQ(outcome_of_cutter(false), "TCP: connect: connection refused");
}

TEST(ProbeExec, EndsAtItsTime) {
  const health::ExecCheck exec{{"/bin/sleep", "3600"}};
  const health::CheckSpec check{.name = "x", .how = exec, .timeout = 100ms};
  EXPECT_EQ(outcome_of(check, ""), "timed out after 100ms");
}

}  // namespace
}  // namespace rollcall::probe
