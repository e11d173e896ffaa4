/// An agent in this process, and what asks it.
#pragma once

#include "agent/agent_service.hpp"
#include "agent_link/agent_client.hpp"
#include "captured_log.hpp"
#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::agent {

using namespace std::chrono_literals;

inline const std::string key_text =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
inline const std::string other_key =
    "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

inline agent_link::NamedKey key_of(const std::string& text, const std::string& name = "ns1") {
  return {name, agent_link::parse_psk_key(text).value()};
}

inline AgentClient client_of(agent_link::NamedKey key) {
  return {.name = key.name, .keys = {key}, .services = {}};
}

/// An agent on a free port of 127.0.0.1 with real scripts behind it.
class Agent : public testing::Test {
 protected:
  void SetUp() override {
    AgentServiceOptions options;
    options.listen = Endpoint::parse("127.0.0.1:0").value();
    options.clients = AgentClients({client_of(key_of(key_text))});
    options.time_limit = 20s;
    options.services["apache"] = {
        .unit = "",
        .script = dir.script("apache", "echo $1 >> " + dir.path("calls") + "\necho did $1\n")};
    options.services["broken"] = {
        .unit = "",
        .script = dir.script("broken", "[ $1 = stop ] && exit 1\necho no config >&2; exit 6\n")};
    options.services["slow"] = {
        .unit = "",
        .script = dir.script("slow", "[ $1 = stop ] && exit\ntouch " + dir.path("begun") +
                                         "\nwhile [ ! -e " + dir.path("go") +
                                         " ]; do sleep 0.01; done\necho went\n")};
    options.services["gone"] = {.unit = "", .script = dir.path("gone")};
    options.services["binary"] = {
        .unit = "", .script = dir.script("binary", "printf 'a\\377\\001\\000b\\303\\244'\n")};
    options.services["nginx"] = {.unit = "nginx.service", .script = ""};
    services = options.services;
    service.emplace(io.get_executor(), std::move(options), *readers);
    const auto where = service->start();
    ASSERT_TRUE(where) << where.error().message;
    at = *where;
  }
  void TearDown() override {
    std::ofstream(dir.path("go")) << "";
    service->abort();
    run_on(io, stopped());
  }

  asio::awaitable<bool> stopped() {
    co_await service->stop();
    co_return true;
  }
  agent_link::AgentReply ask(const std::string& name, const std::string& key = key_text,
                             Duration limit = 20s) {
    return run_on(io, agent_link::restart_service(at, key_of(key), name, limit));
  }
  /// Asks, and leaves the reply in `slot` while other things go on.
  void ask_beside(const std::string& name, std::optional<agent_link::AgentReply>& slot,
                  Duration limit = 20s) {
    asio::co_spawn(io, agent_link::restart_service(at, key_of(key_text), name, limit),
                   [&slot](const std::exception_ptr&, agent_link::AgentReply reply) {
                     slot = std::move(reply);
                   });
  }
  /// Has the service stop while it restarts `slow`, which waits for the file "go".
  void stop_during_restart(std::optional<agent_link::AgentReply>& reply, bool& ended,
                           Duration limit = 20s) {
    ask_beside("slow", reply, limit);
    ASSERT_TRUE(until([&] { return std::filesystem::exists(dir.path("begun")); }));
    asio::co_spawn(io, stopped(), [&ended](const std::exception_ptr&, bool) { ended = true; });
    ASSERT_TRUE(until([&] { return !is_listening(at.port); }));
  }
  template <class Condition>
  bool until(Condition condition) {
    return run_until(io, std::move(condition));
  }
  /// What openssl's client shows of the conversation, with its exit status.
  std::pair<std::string, std::optional<int>> s_client(const std::string& request,
                                                      std::vector<std::string> options) {
    const std::string output = dir.path("s_client." + std::to_string(++talks));
    std::vector<std::string> argv{"openssl", "s_client", "-quiet", "-connect", at.to_string()};
    argv.insert(argv.end(), options.begin(), options.end());
    RealProcess client(argv, output, dir.write("request", request, 0600));
    std::optional<int> status;
    until([&] { return client.ended(status); });
    return {read_all(output), status};
  }
  std::string talk(const std::string& request, const std::string& name = "ns1",
                   const std::string& key = key_text) {
    return s_client(request, {"-tls1_3", "-psk", key, "-psk_identity", name}).first;
  }
  static std::string restart_request(const std::string& name, const std::string& repeat_key) {
    const std::string body = R"({"service":")" + name + R"("})";
    return "POST /v1/restart HTTP/1.1\r\nHost: agent\r\nIdempotency-Key: " + repeat_key +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  std::string post(const std::string& body) {
    return talk("POST /v1/restart HTTP/1.1\r\nHost: agent\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  asio::io_context io;
  std::unique_ptr<files::FileReaders> readers = files::FileReaders::start().value();
  TemporaryFolder dir;
  service::AllowList services;
  std::optional<AgentService> service;
  Endpoint at;
  int talks = 0;
};

}  // namespace rollcall::agent
