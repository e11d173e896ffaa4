#include "agent_link/agent_client.hpp"

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::agent_link {
namespace {

using namespace std::chrono_literals;

const std::string key_text = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

TEST(AgentReplies, AreReadFromStatusAndBody) {
  const std::string failed = R"({"ok":false,"exit_status":1,"output":"x","seconds":2.5})";
  EXPECT_TRUE(read_reply(200, R"({"ok":true,"exit_status":0,"output":"","seconds":1})").ok);
  EXPECT_EQ(read_reply(200, failed).error, "the restart failed with exit status 1");
  EXPECT_EQ(read_reply(200, failed).output, "x");
  EXPECT_EQ(read_reply(200, R"({"ok":false,"timed_out":true,"seconds":60})").error,
            "the restart did not end within 60.0 s");
  EXPECT_EQ(read_reply(200, R"({"ok":false,"error":"no such program"})").error, "no such program");
  EXPECT_EQ(read_reply(409, R"({"ok":false,"error":"busy"})").error, "HTTP status 409: busy");
  EXPECT_FALSE(read_reply(500, R"({"ok":true})").ok);
  EXPECT_EQ(read_reply(200, "[]").error, "HTTP status 200: invalid reply: not a JSON object");
  EXPECT_EQ(read_reply(200, "{}").error,
            "HTTP status 200: invalid reply: \"ok\" is missing or not a boolean");
}

class AgentClient : public testing::Test {
 protected:
  void SetUp() override {
    // s_server ends where its input does, so it gets one that stays open.
    ASSERT_EQ(mkfifo(dir.path("input").c_str(), 0600), 0);
    input = open(dir.path("input").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(input, 0);
  }
  void TearDown() override { close(input); }
  AgentReply ask(Duration limit = 20s) {
    const Endpoint at{IpAddress::parse("127.0.0.1").value(), port};
    return run_on(io, restart_service(at, NamedKey{"rollcall", parse_psk_key(key_text).value()},
                                      "apache", limit));
  }
  std::vector<std::string> s_server(std::vector<std::string> options) const {
    std::vector<std::string> argv{"openssl", "s_server", "-accept",
                                  "127.0.0.1:" + std::to_string(port)};
    argv.insert(argv.end(), options.begin(), options.end());
    return argv;
  }

  asio::io_context io;
  TemporaryFolder dir;
  std::uint16_t port = free_port();
  int input = -1;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(AgentClient, SaysThatNobodyListens) {
  const AgentReply reply = ask();
  EXPECT_FALSE(reply.ok);
  EXPECT_EQ(reply.error, "cannot connect: Connection refused");
}

TEST_F(AgentClient, RefusesAServerWithACertificate) {
  RealProcess request(
      {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
       "-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
       "-keyout", dir.path("key.pem"), "-out", dir.path("cert.pem")},
      dir.path("req.log"));
  ASSERT_EQ(request.wait(), 0) << read_all(dir.path("req.log"));
  const RealProcess server(
      s_server({"-tls1_3", "-www", "-cert", dir.path("cert.pem"), "-key", dir.path("key.pem")}),
      dir.path("server.log"), dir.path("input"));
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  const AgentReply reply = ask();
  EXPECT_FALSE(reply.ok);
  EXPECT_TRUE(has(reply.error, "TLS handshake failed (different key?): ")) << reply.error;
  EXPECT_TRUE(has(reply.error, "certificate verify failed")) << reply.error;
  EXPECT_FALSE(has(read_all(dir.path("server.log")), "POST"));
}

TEST_F(AgentClient, RefusesAServerOfTls12) {
  const RealProcess server(s_server({"-tls1_2", "-nocert", "-psk", key_text}),
                           dir.path("server.log"), dir.path("input"));
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  const AgentReply reply = ask();
  EXPECT_FALSE(reply.ok);
  EXPECT_TRUE(has(reply.error, "TLS handshake failed")) << reply.error;
}

TEST_F(AgentClient, SendsItsRequestToOpensslWithTheKeyAndKeepsItsDeadline) {
  const RealProcess server(
      s_server({"-tls1_3", "-nocert", "-quiet", "-psk_identity", "rollcall", "-psk", key_text}),
      dir.path("server.log"), dir.path("input"));
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  const AgentReply reply = ask(1s);  // s_server never answers
  EXPECT_EQ(reply.error, "no reply: timed out");
  const std::string seen = read_all(dir.path("server.log"));
  EXPECT_TRUE(has(seen, "POST /v1/restart HTTP/1.1\r\n")) << seen;
  EXPECT_TRUE(has(seen, "{\"service\":\"apache\"}")) << seen;
}

TEST_F(AgentClient, GivesUpOnAServerThatDoesNotSpeakTls) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener, 1), 0);  // connections wait in the backlog, nobody accepts
  const AgentReply reply = ask(300ms);
  close(listener);
  EXPECT_EQ(reply.error, "TLS handshake: timed out");
}

/// A client that waits for a ServerHello passes over each HelloRequest.
TEST_F(AgentClient, GivesUpOnAHandshakeWithoutEnd) {
  const std::string script =
      "import socket\n"
      "peer = socket.create_server(('127.0.0.1', " +
      std::to_string(port) +
      ")).accept()[0]\n"
      "while True: peer.sendall(bytes.fromhex('160303000400000000') * 100)\n";
  const RealProcess server({"/usr/bin/python3", "-c", script}, dir.path("server.log"));
  AgentReply reply;
  ASSERT_TRUE(eventually([&] {
    reply = ask();
    return reply.error != "cannot connect: Connection refused";
  }));
  EXPECT_EQ(reply.error, "TLS handshake: too much data");
}

TEST_F(AgentClient, DoesNotBelieveAReplyThatIsNoReport) {
  const RealProcess server(
      s_server({"-tls1_3", "-nocert", "-quiet", "-psk_identity", "rollcall", "-psk", key_text}),
      dir.path("server.log"), dir.path("input"));
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  std::optional<AgentReply> reply;
  const Endpoint at{IpAddress::parse("127.0.0.1").value(), port};
  asio::co_spawn(
      io, restart_service(at, NamedKey{"rollcall", parse_psk_key(key_text).value()}, "apache", 20s),
      [&](const std::exception_ptr&, AgentReply got) { reply = std::move(got); });
  ASSERT_TRUE(eventually([&] {
    io.poll();
    return has(read_all(dir.path("server.log")), "apache");
  }));
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>";
  ASSERT_EQ(write(input, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ASSERT_TRUE(eventually([&] {
    io.poll();
    return reply.has_value();
  }));
  EXPECT_FALSE(reply->ok);
  EXPECT_TRUE(has(reply->error, "HTTP status 200: invalid reply: not JSON")) << reply->error;
}

}  // namespace
}  // namespace rollcall::agent_link
