#include "agent/agent_service.hpp"

#include "agent/real_agent.hpp"

namespace rollcall::agent {
namespace {

using namespace std::chrono_literals;

TEST_F(Agent, RestartsAService) {
  const agent_link::AgentReply reply = ask("apache");
  EXPECT_TRUE(reply.ok) << reply.error;
  EXPECT_EQ(reply.exit_status, 0);
  EXPECT_EQ(reply.output, "did stop\ndid start\n");
  EXPECT_EQ(reply.error, "");
  EXPECT_EQ(read_all(dir.path("calls")), "stop\nstart\n");
}

TEST_F(Agent, TellsAFailureWithItsOutput) {
  const agent_link::AgentReply reply = ask("broken");
  EXPECT_FALSE(reply.ok);
  EXPECT_EQ(reply.exit_status, 6);
  EXPECT_EQ(reply.output, "no config\n");
  EXPECT_EQ(reply.error, "the restart failed with exit status 6");
}

TEST_F(Agent, TellsThatAScriptIsMissing) {
  const agent_link::AgentReply reply = ask("gone");
  EXPECT_FALSE(reply.ok);
  EXPECT_EQ(reply.exit_status, 127);
  EXPECT_EQ(reply.error, "cannot run " + dir.path("gone") + ": No such file or directory");
}

TEST_F(Agent, EndsARestartAtItsTimeLimit) {
  service->set_services(services, 600ms);
  const agent_link::AgentReply reply = ask("slow");
  EXPECT_FALSE(reply.ok);
  EXPECT_TRUE(reply.timed_out);
  EXPECT_EQ(reply.exit_status, 128 + SIGTERM);
  EXPECT_TRUE(reply.error.contains("did not end within 0.")) << reply.error;
}

TEST_F(Agent, StartsEvenIfStoppingHangs) {
  services["hangs"] = {.unit = "",
                       .script = dir.script("hangs", "[ $1 = stop ] && exec sleep 100\necho up\n")};
  service->set_services(services, 1s);
  const agent_link::AgentReply reply = ask("hangs");
  EXPECT_TRUE(reply.ok) << reply.error;
  EXPECT_EQ(reply.output, "up\n");
}

TEST_F(Agent, CarriesAnyOutputAsPrintableLines) {
  const std::string once = "a\\xff\\x01\\x00b\xC3\xA4";
  EXPECT_EQ(ask("binary").output, once + once);
}

TEST_F(Agent, KnowsOnlyItsAllowList) {
  for (const std::string& name :
       {std::string("mysql"), std::string("../../etc/passwd"), dir.path("apache"), std::string(""),
        std::string("apache "), "apache; touch " + dir.path("x"), "$(touch " + dir.path("x") + ")",
        std::string("apache\0", 7), std::string("apache\nGET /"), std::string(300, 'a')}) {
    const agent_link::AgentReply reply = ask(name);
    EXPECT_FALSE(reply.ok) << name;
    EXPECT_TRUE(reply.error.contains("HTTP status 404: service \"")) << reply.error;
    EXPECT_TRUE(reply.error.contains("is not in the allow-list")) << reply.error;
    EXPECT_FALSE(reply.error.contains("\n")) << reply.error;
  }
  EXPECT_EQ(ask("mysql").error,
            "HTTP status 404: service \"mysql\" is not in the allow-list of ns1");
  EXPECT_FALSE(std::filesystem::exists(dir.path("x")));
  EXPECT_FALSE(std::filesystem::exists(dir.path("calls")));
}

TEST_F(Agent, RefusesAnotherKey) {
  const agent_link::AgentReply reply = ask("apache", other_key);
  EXPECT_FALSE(reply.ok);
  EXPECT_TRUE(reply.error.contains("TLS handshake failed (different key?): ")) << reply.error;
  EXPECT_FALSE(std::filesystem::exists(dir.path("calls")));
  EXPECT_TRUE(ask("apache").ok);  // and serves on
}

TEST_F(Agent, RestartsAServiceOnceAtATime) {
  std::optional<agent_link::AgentReply> first;
  ask_beside("slow", first);
  ASSERT_TRUE(until([&] { return std::filesystem::exists(dir.path("begun")); }));
  const agent_link::AgentReply second = ask("slow");
  EXPECT_EQ(second.error, "HTTP status 409: service \"slow\" is already being restarted");
  EXPECT_TRUE(ask("apache").ok);  // another service does not wait
  EXPECT_TRUE(talk("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n").contains("\"restarting\":true"));
  ASSERT_FALSE(first);
  std::ofstream(dir.path("go")) << "";
  ASSERT_TRUE(until([&] { return first.has_value(); }));
  EXPECT_TRUE(first->ok) << first->error;
  EXPECT_EQ(first->output, "went\n");
  EXPECT_TRUE(ask("slow").ok);
}

TEST_F(Agent, ReadsANewAllowList) {
  service->set_services({{"web", services["apache"]}}, 20s);
  EXPECT_TRUE(ask("apache").error.contains("is not in the allow-list"));
  EXPECT_TRUE(ask("web").ok);
}

TEST_F(Agent, StopsAfterTheRunningRestart) {
  std::optional<agent_link::AgentReply> reply;
  bool ended = false;
  stop_during_restart(reply, ended);
  EXPECT_FALSE(ended);
  EXPECT_TRUE(ask("apache").error.contains("cannot connect: Connection refused"));
  std::ofstream(dir.path("go")) << "";
  ASSERT_TRUE(until([&] { return ended && reply.has_value(); }));
  EXPECT_TRUE(reply->ok) << reply->error;
}

TEST_F(Agent, KillsTheRunningRestartWhenToldToAbort) {
  std::optional<agent_link::AgentReply> reply;
  bool ended = false;
  stop_during_restart(reply, ended, 3s);  // asks again until then
  service->abort();
  ASSERT_TRUE(until([&] { return ended && reply.has_value(); }));
  EXPECT_FALSE(reply->ok);
}

TEST_F(Agent, SilentConnectionsMakeRoom) {
  std::vector<int> sockets;
  for (std::size_t i = 0; i < 2 * kAgentPlaces.total; ++i) {
    const sockaddr_in address = loopback(at.port);
    sockets.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(sockets.back(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
              0);
  }
  EXPECT_TRUE(ask("apache").ok);
  EXPECT_EQ(read_all(dir.path("calls")), "stop\nstart\n");
  for (const int socket : sockets) close(socket);
}

TEST_F(Agent, TakesAnotherKey) {
  ASSERT_TRUE(service->set_clients(AgentClients({client_of(key_of(other_key))})));
  EXPECT_FALSE(ask("apache").ok);
  EXPECT_TRUE(ask("apache", other_key).ok);
}

TEST_F(Agent, KnowsEachNameserverByItsKey) {
  AgentClient other = client_of(key_of(other_key, "ns2"));
  other.services = std::set<std::string, std::less<>>{"broken"};
  ASSERT_TRUE(service->set_clients(AgentClients({client_of(key_of(key_text)), other})));
  const auto as_other = [&](const std::string& name, const std::string& key) {
    return run_on(io, agent_link::restart_service(at, key_of(key, "ns2"), name, 20s)).error;
  };
  EXPECT_TRUE(ask("apache").ok);
  EXPECT_EQ(as_other("apache", other_key),
            "HTTP status 404: service \"apache\" is not in the allow-list of ns2");
  EXPECT_EQ(as_other("broken", other_key), "the restart failed with exit status 6");
  EXPECT_TRUE(as_other("broken", key_text).contains("TLS handshake failed"));  // the other's key
  EXPECT_EQ(read_all(dir.path("calls")), "stop\nstart\n");
  const std::string shown = talk("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n", "ns2", other_key);
  EXPECT_TRUE(shown.contains("\"broken\"")) << shown;
  EXPECT_FALSE(shown.contains("\"apache\"")) << shown;
}

TEST_F(Agent, AcceptsTheOldKeyAndTheNewWhileKeysAreChanged) {
  AgentClient both = client_of(key_of(key_text));
  both.keys.push_back(key_of(other_key, "ns1.2"));
  ASSERT_TRUE(service->set_clients(AgentClients({both})));
  EXPECT_TRUE(ask("apache").ok);
  EXPECT_TRUE(
      run_on(io, agent_link::restart_service(at, key_of(other_key, "ns1.2"), "apache", 20s)).ok);
  both.keys.erase(both.keys.begin());
  ASSERT_TRUE(service->set_clients(AgentClients({both})));
  EXPECT_FALSE(ask("apache").ok);
}

TEST_F(Agent, AnswersARepeatedRequestWithTheFirstResult) {
  const std::string request = restart_request("apache", "0123456789abcdef");
  const std::string first = talk(request);
  EXPECT_TRUE(first.contains("did start")) << first;
  const CapturedLog log;
  EXPECT_EQ(talk(request), first);
  EXPECT_EQ(read_all(dir.path("calls")), "stop\nstart\n");
  EXPECT_TRUE(talk(restart_request("broken", "0123456789abcdef"))
                  .contains("this Idempotency-Key belongs to another service"));
  EXPECT_TRUE(talk(restart_request("apache", "0123456789abcdeg")).contains("did start"));
  EXPECT_EQ(read_all(dir.path("calls")), "stop\nstart\nstop\nstart\n");
  EXPECT_TRUE(talk(restart_request("apache", "short")).contains("expected 16 to 64 letters"));
  EXPECT_TRUE(log.text().contains(": asks again for the restart of apache")) << log.text();
  EXPECT_TRUE(log.text().contains(": refused: an Idempotency-Key of another service"))
      << log.text();
}

TEST_F(Agent, ARepeatedRequestWaitsForTheFirst) {
  const std::string request = restart_request("slow", "0123456789abcdef");
  const auto begin = [&](const std::string& output) {
    return RealProcess({"openssl", "s_client", "-quiet", "-tls1_3", "-psk", key_text,
                        "-psk_identity", "ns1", "-connect", at.to_string()},
                       dir.path(output), dir.write("slow_request", request, 0600));
  };
  {
    RealProcess first = begin("first");
    ASSERT_TRUE(until([&] { return std::filesystem::exists(dir.path("begun")); }));
  }  // its connection breaks
  RealProcess second = begin("second");
  RealProcess third = begin("third");
  until([&] { return talk("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n").contains("slow"); });
  std::ofstream(dir.path("go")) << "";
  ASSERT_TRUE(until([&] {
    return read_all(dir.path("second")).contains("went\\n") &&
           read_all(dir.path("third")).contains("went\\n");
  })) << read_all(dir.path("second"));
}

TEST_F(Agent, TalksToOpensslWithTheKey) {
  const std::string reply = post(R"({"service":"apache"})");
  EXPECT_TRUE(reply.contains("HTTP/1.1 200 OK\r\n")) << reply;
  EXPECT_TRUE(reply.contains(R"("ok":true,"exit_status":0,"timed_out":false,)")) << reply;
  EXPECT_TRUE(reply.contains(R"("output":"did stop\ndid start\n")")) << reply;
  EXPECT_EQ(read_all(dir.path("calls")), "stop\nstart\n");
}

TEST_F(Agent, RefusesOpensslWithoutTheKey) {
  const std::string request =
      "POST /v1/restart HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n{\"service\":\"apache\"}";
  const std::vector<std::vector<std::string>> wrong{
      {"-tls1_3"},
      {"-tls1_3", "-psk", other_key, "-psk_identity", "ns1"},
      {"-tls1_3", "-psk", key_text, "-psk_identity", "ns2"},
      {"-tls1_3", "-psk", key_text, "-psk_identity", "ns11"},
      {"-tls1_2", "-psk", key_text, "-psk_identity", "ns1"},
      {"-tls1_3", "-psk", key_text, "-psk_identity", "ns1", "-ciphersuites",
       "TLS_AES_256_GCM_SHA384"}};
  for (const auto& options : wrong) {
    const auto [shown, status] = s_client(request, options);
    EXPECT_NE(status, 0) << shown;
    EXPECT_FALSE(shown.contains("HTTP/1.1")) << shown;
  }
  EXPECT_FALSE(std::filesystem::exists(dir.path("calls")));
}

TEST_F(Agent, ShowsItsStatus) {
  const std::string before = talk("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(before.contains("HTTP/1.1 200 OK")) << before;
  EXPECT_TRUE(before.contains(R"({"version":")" ROLLCALL_VERSION
                              R"(","health":"up","weight":100,"drain":false,"load":[)"))
      << before;
  EXPECT_TRUE(before.contains(R"(],"key":"ns1","services":{)")) << before;
  EXPECT_TRUE(
      before.contains(R"("nginx":{"unit":"nginx.service","restarting":false,"last":null})"));
  ask("broken");
  const std::string after = talk("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(after.contains(
      R"("last":{"ok":false,"exit_status":6,"timed_out":false,"output":"no config\n")"))
      << after;
}

TEST_F(Agent, AnswersWrongRequests) {
  const auto expect = [&](const std::string& reply, const std::string& status,
                          const std::string& error) {
    EXPECT_TRUE(reply.contains("HTTP/1.1 " + status)) << reply;
    EXPECT_TRUE(reply.contains(R"({"ok":false,"error":")" + error)) << reply;
  };
  expect(talk("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "404 Not Found", R"(no such path: \"/\")");
  expect(talk("GET /v1/restart/../status HTTP/1.1\r\nHost: a\r\n\r\n"), "404", "no such path");
  const std::string get = talk("GET /v1/restart HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(get, "405 Method Not Allowed", "/v1/restart does not support");
  EXPECT_TRUE(get.contains("Allow: POST\r\n"));
  expect(talk("DELETE /v1/status HTTP/1.1\r\nHost: a\r\n\r\n"), "405",
         "/v1/status does not support");
  expect(post("{"), "400 Bad Request", "not JSON");
  expect(post("[]"), "400", "not a JSON object");
  expect(post("{}"), "400", R"(\"service\" is missing or not a string)");
  expect(post(R"({"service":1})"), "400", R"(\"service\" is missing or not a string)");
  expect(post(R"({"service":"gone","service":"apache"})"), "400", "a key appears twice");
  expect(post(R"({"service":{"service":"apache"}})"), "400", "not JSON");
  expect(post(R"({"service":"apache","path":"/"})"), "400", R"(unknown keys beside \"service\")");
  expect(post("{\"service\":\"\xFF\"}"), "400", "not JSON");
  expect(post(std::string(kAgentBodyLimit + 1, ' ')), "413", "the body is over 4096 octets");
  expect(talk("GET / HTTP/1.1\r\nA: " + std::string(kAgentHeaderLimit, 'a') + "\r\n\r\n"), "431",
         "the header is over 4096 octets");
  expect(talk("nonsense\r\n\r\n"), "400", "not HTTP");
  EXPECT_FALSE(std::filesystem::exists(dir.path("calls")));
}

TEST(AgentStart, SaysWhyItCannotListen) {
  asio::io_context io;
  AgentServiceOptions options;
  options.clients = AgentClients({client_of(key_of(key_text))});
  options.listen = Endpoint::parse("127.0.0.1:0").value();
  const auto readers = files::FileReaders::start().value();
  AgentService first(io.get_executor(), options, *readers);
  options.listen = first.start().value();
  AgentService second(io.get_executor(), options, *readers);
  const auto where = second.start();
  ASSERT_FALSE(where);
  EXPECT_EQ(where.error().message,
            "cannot listen on " + options.listen.to_string() + ": Address already in use");
}

TEST_F(Agent, RunsAScriptOfTheFolderOnlyIfItIsAllowedTo) {
  ::mkdir(dir.path("init.d").c_str(), 0755);
  dir.script("init.d/postfix", "echo did $1\n");
  EXPECT_EQ(ask("postfix").error,
            "HTTP status 404: service \"postfix\" is not in the allow-list of ns1");
  services.admit_scripts_of(dir.path("init.d"));
  service->set_services(services, 20s);
  EXPECT_EQ(ask("postfix").output, "did stop\ndid start\n");
  EXPECT_EQ(ask("none").error,
            "not run: " + dir.path("init.d/none") + ": No such file or directory");
  for (const std::string name : {"../slow", ".", "..", "", "postfix ", "reboot"}) {
    EXPECT_TRUE(ask(name).error.contains("is not in the allow-list")) << name;
  }
  EXPECT_FALSE(talk("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n").contains("postfix"));
}

}  // namespace
}  // namespace rollcall::agent
