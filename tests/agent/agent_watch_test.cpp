#include "agent/agent_watch.hpp"

#include <list>

#include "agent_link/agent_client.hpp"
#include "watching_agent.hpp"

namespace rollcall::agent {
namespace {

class AgentWatching : public WatchingAgent {
 protected:
  void SetUp() override {
    WatchingAgent::SetUp();
    tls.emplace(agent_link::make_psk_context(agent_link::TlsRole::client, {key()}).value());
  }
  void TearDown() override {
    clients.cancel();
    run_on(io, clients.join(patience));
    WatchingAgent::TearDown();
  }

  /// What a client has seen of its watch.
  struct Seen {
    bool begun = false;
    std::optional<Result<void>> end;
    bool ended() const { return end && *end; }
  };
  asio::awaitable<void> run(std::string name, Seen& slot) {
    slot.end = co_await agent_link::watch_service(at, *tls, std::move(name),
                                                  [&slot] { slot.begun = true; });
  }
  Seen& watch(const std::string& name) {
    Seen& slot = seen.emplace_back();
    clients.start(run(name, slot));
    return slot;
  }
  /// Why there is no watch.
  std::string refusal(const std::string& name) {
    Seen& slot = watch(name);
    until([&] { return slot.end || slot.begun; });
    return slot.end && !*slot.end ? slot.end->error().message : "it is watched";
  }

  std::optional<asio::ssl::context> tls;
  std::list<Seen> seen;
  io::TaskGroup clients{io.get_executor()};
};

TEST_F(AgentWatching, TellsTheEndOfTheProcess) {
  const Seen& first = watch("named");
  const Seen& second = watch("named");
  ASSERT_TRUE(until([&] { return first.begun && second.begun; }));
  EXPECT_TRUE(becomes(2));
  EXPECT_FALSE(first.end || second.end);
  process->signal(SIGKILL);
  EXPECT_TRUE(until([&] { return first.ended() && second.ended(); }));
  EXPECT_TRUE(becomes(0));
}

TEST_F(AgentWatching, TalksToOpenssl) {
  const std::string output = dir.path("watch");
  const auto client = s_client(watch_request("named"), output);
  const std::string first = "{\"ok\":true,\"pid\":" + std::to_string(process->pid()) + "}\n";
  ASSERT_TRUE(until([&] { return read_all(output).contains(first); }));
  EXPECT_FALSE(read_all(output).contains("ended"));
  process->signal(SIGTERM);
  std::optional<int> status;
  ASSERT_TRUE(until([&] { return client->ended(status); }));
  const std::string reply = read_all(output);
  EXPECT_TRUE(reply.contains("HTTP/1.1 200 OK\r\n")) << reply;
  EXPECT_FALSE(reply.contains("Content-Length")) << reply;
  EXPECT_TRUE(reply.ends_with("\r\n\r\n" + first + "{\"ended\":true}\n")) << reply;
}

TEST_F(AgentWatching, SaysWhatItDoesNotWatch) {
  EXPECT_EQ(refusal("mysql"), "HTTP status 404: service \"mysql\" is not in the allow-list of ns1");
  EXPECT_EQ(
      refusal("bare"),
      "HTTP status 409: service \"bare\" cannot be watched: no pid_file: its process is unknown");
  dir.write("pid", "named\n", 0644);
  EXPECT_EQ(refusal("named"),
            "HTTP status 409: service \"named\" cannot be watched: " + dir.path("pid") +
                ": its first line is not the number of a process");
  const std::string get = talk("GET /v1/watch HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(get.contains("HTTP/1.1 405")) << get;
  EXPECT_TRUE(get.contains("Allow: POST\r\n")) << get;
  EXPECT_TRUE(becomes(0));
}

TEST_F(AgentWatching, WhoGoesAwayIsForgotten) {
  const Seen& slot = watch("named");
  ASSERT_TRUE(until([&] { return slot.begun; }));
  clients.cancel();
  EXPECT_TRUE(becomes(0));

  const auto client = s_client(watch_request("named"), dir.path("watch"));
  ASSERT_TRUE(until([&] { return read_all(dir.path("watch")).contains("\"ok\":true"); }));
  client->signal(SIGKILL);
  EXPECT_TRUE(becomes(0));
}

TEST_F(AgentWatching, LeavesConnectionsForRestarts) {
  std::vector<const Seen*> all;
  for (std::size_t i = 0; i < kAgentWatchLimit; ++i) {
    all.push_back(&watch("named"));
    ASSERT_TRUE(until([&] { return all.back()->begun; })) << i;
  }
  EXPECT_EQ(refusal("named"), "HTTP status 503: 256 watches are open");
  const agent_link::AgentReply reply = run_on(io, agent_link::restart_service(at, key(), "named"));
  EXPECT_TRUE(reply.ok) << reply.error;
  process->signal(SIGKILL);
  EXPECT_TRUE(until([&] { return std::ranges::all_of(all, &Seen::ended); }));
}

TEST_F(AgentWatching, ANewAllowListEndsWhatIsNotAsItWas) {
  services["other"] = services["named"];
  service->set_services(services, patience);
  const Seen& named = watch("named");
  const Seen& other = watch("other");
  ASSERT_TRUE(until([&] { return named.begun && other.begun; }));
  services["named"].pid_file = dir.path("another");
  service->set_services(services, patience);
  EXPECT_TRUE(until([&] { return named.ended(); }));
  EXPECT_TRUE(becomes(1));
  EXPECT_FALSE(other.end);
  service->set_services({}, patience);
  EXPECT_TRUE(until([&] { return other.ended(); }));
}

TEST_F(AgentWatching, EndsWithTheAgent) {
  const Seen& slot = watch("named");
  ASSERT_TRUE(until([&] { return slot.begun; }));
  run_on(io, stop());
  EXPECT_TRUE(until([&] { return slot.ended(); }));
  std::optional<int> status;
  EXPECT_FALSE(process->ended(status));
}

}  // namespace
}  // namespace rollcall::agent
