#include "server/alert_sender.hpp"

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::server {
namespace {

using namespace std::chrono_literals;
using testing::eventually;
using testing::read_all;
using testing::RealProcess;

const AlertRetries quick{{50ms, 50ms}};

/// An HTTP server that writes what it gets to its output and refuses the first N requests.
const char* const hook_server = R"(
import http.server, sys
class Hook(http.server.BaseHTTPRequestHandler):
    refuse = int(sys.argv[2])
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(self.path, self.headers["Content-Type"], body, flush=True)
        self.send_response(503 if Hook.refuse > 0 else 204)
        Hook.refuse -= 1
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
)";

class AlertSenderTest : public ::testing::Test {
 protected:
  std::string url(const std::string& scheme, const std::string& path = "") const {
    return scheme + "://127.0.0.1:" + std::to_string(port) + path;
  }
  AlertTargets mail_to(std::vector<std::string> to) const {
    return {
        .to = std::move(to), .from = "rollcall@mydomain.com", .smtp = url("smtp"), .webhook = ""};
  }
  /// aiosmtpd, which prints the mails that it gets.
  std::vector<std::string> smtp_server() const {
    return {"/usr/bin/python3",
            "-u",
            "-m",
            "aiosmtpd",
            "-n",
            "-c",
            "aiosmtpd.handlers.Debugging",
            "stdout",
            "-l",
            "127.0.0.1:" + std::to_string(port)};
  }
  std::string out() const { return dir.path("out"); }
  bool shown(const std::string& text) const {
    return eventually([&] { return read_all(out()).find(text) != std::string::npos; });
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
    return found;
  }

  TemporaryFolder dir;
  std::uint16_t port = testing::free_port();
};

TEST_F(AlertSenderTest, GoesOnWithNewTargets) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return testing::is_listening(port); }));
  AlertSender sender({.webhook = url("http", "/old")}, quick);
  sender.send({.subject = "one", .body = "", .json = "{\"n\":1}"});
  ASSERT_TRUE(shown("/old application/json {\"n\":1}")) << read_all(out());
  sender.retarget({.webhook = url("http", "/new")});
  sender.send({.subject = "two", .body = "", .json = "{\"n\":2}"});
  EXPECT_TRUE(shown("/new application/json {\"n\":2}")) << read_all(out());
}

TEST_F(AlertSenderTest, SendsMail) {
  const RealProcess server(smtp_server(), out());
  ASSERT_TRUE(eventually([&] { return testing::is_listening(port); }));
  AlertSender sender(mail_to({"root@mydomain.com", "ops@mydomain.com"}));
  sender.send(
      {.subject = "www: 192.0.2.3 is down", .body = "line one\n.hidden dot\nlast\n", .json = "{}"});
  ASSERT_TRUE(shown("------------ END MESSAGE ------------")) << read_all(out());
  const std::string mail = read_all(out());
  EXPECT_NE(mail.find("From: rollcall@mydomain.com\n"), std::string::npos) << mail;
  EXPECT_NE(mail.find("To: root@mydomain.com,\n ops@mydomain.com\n"), std::string::npos) << mail;
  EXPECT_NE(mail.find("Subject: www: 192.0.2.3 is down\n"), std::string::npos) << mail;
  EXPECT_NE(mail.find("@mydomain.com>\n"), std::string::npos) << mail;
  EXPECT_NE(mail.find("\nline one\n.hidden dot\nlast\n"), std::string::npos) << mail;
}

TEST_F(AlertSenderTest, PostsToTheWebhook) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return testing::is_listening(port); }));
  AlertSender sender({.to = {}, .from = "", .smtp = "", .webhook = url("http", "/hook?a=b")});
  sender.send({.subject = "s", .body = "b", .json = R"({"text":"ä"})"});
  EXPECT_TRUE(shown("/hook?a=b application/json {\"text\":\"ä\"}\n")) << read_all(out());
}

TEST_F(AlertSenderTest, TriesThreeTimes) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "2"},
                           out());
  ASSERT_TRUE(eventually([&] { return testing::is_listening(port); }));
  AlertSender sender({.to = {}, .from = "", .smtp = "", .webhook = url("http", "/")}, quick);
  sender.send({.subject = "s", .body = "b", .json = "first"});
  sender.send({.subject = "s", .body = "b", .json = "second"});
  ASSERT_TRUE(shown("second")) << read_all(out());
  EXPECT_EQ(count(read_all(out()), "first"), 3U);
  EXPECT_EQ(count(read_all(out()), "second"), 1U);
}

TEST_F(AlertSenderTest, GivesUpAfterThreeAndGoesOn) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "3"},
                           out());
  ASSERT_TRUE(eventually([&] { return testing::is_listening(port); }));
  AlertSender sender({.to = {}, .from = "", .smtp = "", .webhook = url("http", "/")}, quick);
  sender.send({.subject = "s", .body = "b", .json = "first"});
  sender.send({.subject = "s", .body = "b", .json = "second"});
  ASSERT_TRUE(shown("second")) << read_all(out());
  EXPECT_EQ(count(read_all(out()), "first"), 3U);
}

TEST_F(AlertSenderTest, AMailServerThatIsDownDoesNotHoldTheWebhook) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return testing::is_listening(port); }));
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.smtp = "smtp://127.0.0.1:" + std::to_string(testing::free_port());
  targets.webhook = url("http", "/");
  AlertSender sender(std::move(targets), AlertRetries{{10min}});
  sender.send({.subject = "s", .body = "b", .json = "told"});
  EXPECT_TRUE(shown("told"));
}

TEST_F(AlertSenderTest, FlushesAtItsEnd) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return testing::is_listening(port); }));
  {
    AlertSender sender({.to = {}, .from = "", .smtp = "", .webhook = url("http", "/")});
    for (int i = 0; i < 5; ++i) sender.send({.subject = "s", .body = "b", .json = "at the end"});
  }
  EXPECT_EQ(count(read_all(out()), "at the end"), 5U);
}

TEST_F(AlertSenderTest, EndsThoughTheServerHangs) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = testing::loopback(port);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener, 8), 0);  // nobody accepts, nobody greets
  const auto begin = std::chrono::steady_clock::now();
  {
    AlertSender sender(mail_to({"root@mydomain.com"}));
    for (int i = 0; i < 10; ++i) sender.send({.subject = "s", .body = "b", .json = "{}"});
  }
  close(listener);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kAlertTryLimit);
}

TEST_F(AlertSenderTest, AFullQueueLosesTheOldest) {
  std::optional<RealProcess> server;
  {
    // Nobody listens yet: the first alert waits for its second try, the others behind it.
    AlertSender sender({.to = {}, .from = "", .smtp = "", .webhook = url("http", "/")},
                       AlertRetries{{10min}});
    for (std::size_t i = 0; i < kAlertQueueLimit + 10; ++i) {
      sender.send({.subject = "s", .body = "b", .json = "alert " + std::to_string(i) + ";"});
    }
    // From here on someone does; the end of the sender flushes what it kept.
    server.emplace(
        std::vector<std::string>{"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
        out());
    ASSERT_TRUE(eventually([&] { return testing::is_listening(port); }));
  }
  const std::string got = read_all(out());
  EXPECT_EQ(got.find("alert 2;"), std::string::npos) << got;
  EXPECT_NE(got.find("alert 50;"), std::string::npos);
  EXPECT_NE(got.find("alert " + std::to_string(kAlertQueueLimit + 9) + ";"), std::string::npos);
  EXPECT_LE(count(got, "alert "), kAlertQueueLimit + 1);
}

}  // namespace
}  // namespace rollcall::server
