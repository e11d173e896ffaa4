/// An agent on a free port of 127.0.0.1 that can watch a real process.
#pragma once

#include <boost/asio/detached.hpp>

#include "agent/agent_service.hpp"
#include "io/task_group.hpp"
#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::agent {

class WatchingAgent : public testing::Test {
 protected:
  static constexpr const char* kKeyText =
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

  void SetUp() override {
    begin_process();
    services["named"] = {
        .unit = "", .script = dir.script("named", "echo $1\n"), .pid_file = dir.path("pid")};
    services["bare"] = {.unit = "", .script = dir.path("named")};
    AgentServiceOptions options;
    options.listen = Endpoint::parse("127.0.0.1:0").value();
    options.clients = AgentClients({{.name = "ns1", .keys = {key()}, .services = {}}});
    options.services = services;
    service.emplace(io.get_executor(), std::move(options), *readers);
    const auto where = service->start();
    ASSERT_TRUE(where) << where.error().message;
    at = *where;
  }
  void TearDown() override {
    service->abort();
    run_on(io, stop());
  }

  static agent_link::NamedKey key() { return {"ns1", agent_link::parse_psk_key(kKeyText).value()}; }
  /// The service, with its pid file.
  void begin_process() {
    process.emplace(std::vector<std::string>{"/bin/sleep", "3600"}, dir.path("output"));
    dir.write("pid", std::to_string(process->pid()) + "\n", 0644);
  }
  asio::awaitable<bool> stop() {
    co_await service->stop();
    co_return true;
  }
  template <class Condition>
  bool until(Condition condition) {
    return run_until(io, std::move(condition));
  }
  /// openssl's client with the key, and this as its input.
  std::unique_ptr<RealProcess> s_client(const std::string& request, const std::string& output) {
    return std::make_unique<RealProcess>(
        std::vector<std::string>{"openssl", "s_client", "-quiet", "-tls1_3", "-psk_identity", "ns1",
                                 "-psk", kKeyText, "-connect", at.to_string()},
        output, dir.write("request", request, 0600));
  }
  std::string talk(const std::string& request) {
    const std::string output = dir.path("talk." + std::to_string(++talks));
    const auto client = s_client(request, output);
    std::optional<int> status;
    until([&] { return client->ended(status); });
    return read_all(output);
  }
  static std::string watch_request(const std::string& name) {
    const std::string body = "{\"service\":\"" + name + "\"}";
    return "POST /v1/watch HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  bool becomes(int watches) {
    const std::string shown = "\"watches\":" + std::to_string(watches) + "}";
    return until([&] {
      return talk("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n").find(shown) != std::string::npos;
    });
  }

  asio::io_context io;
  std::unique_ptr<files::FileReaders> readers = files::FileReaders::start().value();
  TemporaryFolder dir;
  std::optional<RealProcess> process;
  service::AllowList services;
  std::optional<AgentService> service;
  Endpoint at;
  int talks = 0;
};

}  // namespace rollcall::agent
