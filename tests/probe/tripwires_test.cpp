#include "probe/tripwires.hpp"

#include <boost/asio/ip/tcp.hpp>

#include "agent/watching_agent.hpp"

namespace rollcall::probe {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

/// A member whose service is watched by a real agent, and that listens on a port.
class MemberWires : public agent::WatchingAgent {
 protected:
  void SetUp() override {
    agent::WatchingAgent::SetUp();
    agents = {.port = at.port, .key = key(), .nodes = {}};
    wires.emplace(io.get_executor(), agents, 10ms);
  }
  void TearDown() override {
    tasks.cancel();
    run_on(io, tasks.join(patience));
    agent::WatchingAgent::TearDown();
  }

  WireRequest wire(bool connect, const std::string& name = "named") const {
    const IpAddress address = IpAddress::parse("127.0.0.1").value();
    return {.wire = {7},
            .target = {address, listener.local_endpoint().port()},
            .limit = 5s,
            .connect = connect,
            .member = address,
            .service = name};
  }
  void hold(const WireRequest& wanted) { tasks.start(wait_for(wires->hold(wanted))); }
  asio::awaitable<void> wait_for(asio::awaitable<Tripwires::End> held) {
    end = co_await std::move(held);
  }
  /// The member's side of the idle connection.
  tcp::socket accept() {
    std::optional<tcp::socket> accepted;
    listener.async_accept([&](ErrorCode, tcp::socket socket) { accepted = std::move(socket); });
    EXPECT_TRUE(until([&] { return accepted.has_value(); }));
    return std::move(*accepted);
  }
  bool is_closed_by_peer(tcp::socket& socket) {
    std::optional<ErrorCode> ended;
    char octet = 0;
    socket.async_read_some(asio::buffer(&octet, 1),
                           [&](ErrorCode error, std::size_t) { ended = error; });
    return until([&] { return ended.has_value(); }) && *ended;
  }

  agent_link::AgentSettings agents;
  std::optional<Tripwires> wires;
  tcp::acceptor listener{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::optional<Tripwires::End> end;  // of the wire
  io::TaskGroup tasks{io.get_executor()};
};

TEST_F(MemberWires, EndWithTheProcessThatTheAgentWatches) {
  hold(wire(true));
  tcp::socket connection = accept();
  ASSERT_TRUE(becomes(1));
  EXPECT_FALSE(end);
  process->signal(SIGKILL);
  ASSERT_TRUE(until([&] { return end.has_value(); }));
  EXPECT_EQ(*end, Tripwires::End::by_itself);
  EXPECT_TRUE(is_closed_by_peer(connection));
}

TEST_F(MemberWires, EndWithTheConnection) {
  hold(wire(true));
  tcp::socket connection = accept();
  ASSERT_TRUE(becomes(1));
  connection.close();
  ASSERT_TRUE(until([&] { return end.has_value(); }));
  EXPECT_EQ(*end, Tripwires::End::by_itself);
  EXPECT_TRUE(becomes(0)) << "the stream ends with it";
}

TEST_F(MemberWires, EndWithTheConnectionWhereNoServiceIsNamed) {
  hold(wire(true, ""));
  accept().close();
  ASSERT_TRUE(until([&] { return end.has_value(); }));
  EXPECT_EQ(*end, Tripwires::End::by_itself);
}

TEST_F(MemberWires, DropEndsBoth) {
  hold(wire(true));
  tcp::socket connection = accept();
  ASSERT_TRUE(becomes(1));
  wires->drop({7});
  ASSERT_TRUE(until([&] { return end.has_value(); }));
  EXPECT_EQ(*end, Tripwires::End::dropped);
  EXPECT_TRUE(is_closed_by_peer(connection));
  EXPECT_TRUE(becomes(0));
}

TEST_F(MemberWires, AreDroppedBeforeTheyStand) {
  agents.port = listener.local_endpoint().port();  // nobody answers there
  hold(wire(false));
  tcp::socket unheard = accept();
  EXPECT_FALSE(end);
  wires->drop({7});
  ASSERT_TRUE(until([&] { return end.has_value(); }));
  EXPECT_EQ(*end, Tripwires::End::dropped);

  end.reset();
  auto held = wires->hold(wire(false));
  wires->drop({7});
  tasks.start(wait_for(std::move(held)));
  ASSERT_TRUE(until([&] { return end.has_value(); }));
  EXPECT_EQ(*end, Tripwires::End::dropped);
}

TEST_F(MemberWires, AStreamThatIsNotToBeHadIsTriedAgain) {
  const std::uint16_t port = std::exchange(agents.port, listener.local_endpoint().port());
  hold(wire(false));
  for (int attempt = 0; attempt < 3; ++attempt) accept().close();
  EXPECT_FALSE(end) << "no agent is no end";

  agents.port = port;
  dir.write("pid", "none\n", 0644);
  EXPECT_TRUE(becomes(0));
  EXPECT_FALSE(end) << "nor is a refusal";
  begin_process();
  EXPECT_TRUE(becomes(1));
  process->signal(SIGKILL);
  ASSERT_TRUE(until([&] { return end.has_value(); }));
  EXPECT_EQ(*end, Tripwires::End::by_itself);
}

TEST_F(MemberWires, NoKeyIsNoStream) {
  agents.key.reset();
  hold(wire(true));
  tcp::socket connection = accept();
  EXPECT_TRUE(becomes(0));
  EXPECT_FALSE(end);
  connection.close();
  ASSERT_TRUE(until([&] { return end.has_value(); }));
  EXPECT_EQ(*end, Tripwires::End::by_itself);
}

}  // namespace
}  // namespace rollcall::probe
