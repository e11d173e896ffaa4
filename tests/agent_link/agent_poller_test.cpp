#include "agent_link/agent_poller.hpp"

#include <boost/asio/detached.hpp>

#include "real_process.hpp"

namespace rollcall::agent_link {
namespace {

using namespace std::chrono_literals;

const char* const kPollKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Polls 127.0.0.1, where a real agent would listen; what happens with one is in tests/system.
class Poller : public testing::Test {
 protected:
  void start() { asio::co_spawn(io, poller.run(), asio::detached); }
  template <class Condition>
  bool until(Condition condition) {
    return run_until(io, std::move(condition));
  }
  const AgentRecord* record() const {
    const auto found = poller.records().find(node);
    return found != poller.records().end() ? &found->second : nullptr;
  }

  asio::io_context io;
  IpAddress node = IpAddress::parse("127.0.0.1").value();
  AgentSettings settings{.port = free_port(), .status_interval = 100ms};
  std::set<IpAddress> nodes{node};
  int told = 0;
  AgentPoller poller{io.get_executor(), settings, [this] { return nodes; },
                     [this](const IpAddress&, const AgentStatus&) { ++told; }};
};

TEST_F(Poller, SaysWhyAnAgentIsNotAsked) {
  start();
  ASSERT_TRUE(until([&] { return record() && record()->reachable.has_value(); }));
  EXPECT_FALSE(*record()->reachable);
  EXPECT_EQ(record()->problem, kNoKey);
  settings.key = NamedKey{"ns1", parse_psk_key(kPollKey).value()};
  ASSERT_TRUE(until([&] { return record()->problem == "cannot connect: Connection refused"; }));
  EXPECT_EQ(record()->key, "ns1");
  EXPECT_EQ(told, 0);
  nodes.clear();
  ASSERT_TRUE(until([&] { return record() == nullptr; }));
}

TEST_F(Poller, AsksNobodyWithoutAnInterval) {
  settings.status_interval = 0s;
  start();
  io.run_for(50ms);
  EXPECT_EQ(record(), nullptr);
}

}  // namespace
}  // namespace rollcall::agent_link
