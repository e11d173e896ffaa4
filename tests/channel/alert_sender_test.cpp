#include "channel/alert_sender.hpp"

#include <filesystem>
#include <fstream>
#include <optional>

#include "captured_log.hpp"
#include "io/clock.hpp"
#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::channel {
namespace {

using namespace std::chrono_literals;

const AlertRetries quick{{50ms, 50ms}};

/// An HTTP server that writes what it gets to its output and refuses the first N requests.
const char* const hook_server = R"(
import http.server, sys
class Hook(http.server.BaseHTTPRequestHandler):
    refuse = int(sys.argv[2])
    status = int(sys.argv[3]) if len(sys.argv) > 3 else 503
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print(self.path, self.headers["Content-Type"], body, flush=True)
        self.send_response(Hook.status if Hook.refuse > 0 else 204)
        Hook.refuse -= 1
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
)";

class AlertSenderTest : public testing::Test {
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

  /// As the server keeps it in state_dir.
  static AlertFile on_disk(const std::string& path) {
    return {.path = path,
            .read = [path]() -> Result<std::optional<std::string>> {
              if (access(path.c_str(), F_OK) != 0) return std::nullopt;
              return read_all(path);
            },
            .replace = [path](std::string_view text) -> Result<void> {
              const std::string fresh = path + ".new";
              if (!(std::ofstream(fresh) << text << std::flush))
                return fail("cannot write " + path);
              std::filesystem::rename(fresh, path);
              return {};
            },
            .remove = [path]() -> Result<void> {
              std::filesystem::remove(path);
              return {};
            }};
  }

  TemporaryFolder dir;
  std::uint16_t port = free_port();
};

TEST_F(AlertSenderTest, GoesOnWithNewTargets) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender({.webhook = url("http", "/old")}, quick);
  sender.send({.subject = "one", .body = "", .json = "{\"n\":1}"});
  ASSERT_TRUE(shown("/old application/json {\"n\":1}")) << read_all(out());
  sender.retarget({.webhook = url("http", "/new")});
  sender.send({.subject = "two", .body = "", .json = "{\"n\":2}"});
  EXPECT_TRUE(shown("/new application/json {\"n\":2}")) << read_all(out());
}

TEST_F(AlertSenderTest, SendsMail) {
  const RealProcess server(smtp_server(), out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
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
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender({.to = {}, .from = "", .smtp = "", .webhook = url("http", "/hook?a=b")});
  sender.send({.subject = "s", .body = "b", .json = R"({"text":"ä"})"});
  EXPECT_TRUE(shown("/hook?a=b application/json {\"text\":\"ä\"}\n")) << read_all(out());
}

TEST_F(AlertSenderTest, TriesUntilTheServerTakesIt) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "7"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender({.to = {}, .from = "", .smtp = "", .webhook = url("http", "/")}, quick);
  sender.send({.subject = "s", .body = "b", .json = "first"});
  sender.send({.subject = "s", .body = "b", .json = "second"});
  ASSERT_TRUE(shown("second")) << read_all(out());
  EXPECT_EQ(count(read_all(out()), "first"), 8U);
  EXPECT_EQ(count(read_all(out()), "second"), 1U);
}

/// RFC 9110 section 15.5: 410 is no fault that passes.
TEST_F(AlertSenderTest, GivesUpWhatIsRefusedForGoodAndGoesOn) {
  const RealProcess server(
      {"/usr/bin/python3", "-c", hook_server, std::to_string(port), "3", "410"}, out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender({.to = {}, .from = "", .smtp = "", .webhook = url("http", "/")}, quick);
  sender.send({.subject = "s", .body = "b", .json = "first"});
  sender.send({.subject = "s", .body = "b", .json = "second"});
  ASSERT_TRUE(shown("second")) << read_all(out());
  EXPECT_EQ(count(read_all(out()), "first"), kAlertRefusals);
}

TEST_F(AlertSenderTest, AMailServerThatIsDownDoesNotHoldTheWebhook) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.smtp = "smtp://127.0.0.1:" + std::to_string(free_port());
  targets.webhook = url("http", "/");
  AlertSender sender(std::move(targets), AlertRetries{{10min}});
  sender.send({.subject = "s", .body = "b", .json = "told"});
  EXPECT_TRUE(shown("told"));
}

TEST_F(AlertSenderTest, KeepsWhatIsNotSentForTheNextOne) {
  const std::string file = dir.path("alerts");
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.smtp = "smtp://127.0.0.1:" + std::to_string(free_port());
  targets.webhook = url("http", "/");  // nobody listens for either
  {
    AlertSender sender(targets, AlertRetries{{10min}}, on_disk(file));
    for (const char* json : {"one", "two", "three"}) {
      sender.send({.subject = std::string("alert ") + json, .body = "b\n", .json = json});
    }
  }
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender(targets, AlertRetries{{10min}}, on_disk(file));
  ASSERT_TRUE(shown("three")) << read_all(out());
  const std::string got = read_all(out());
  for (const char* json : {"one", "two", "three"}) EXPECT_EQ(count(got, json), 1U) << got;
  // For mail there is still nobody: those alerts alone are kept from now on.
  EXPECT_TRUE(eventually([&] {
    const alert::SavedAlerts kept = alert::parse_alerts(read_all(file));
    return kept.mail.size() == 3 && kept.hook.empty();
  })) << read_all(file);
}

TEST_F(AlertSenderTest, KeepsWhatWaitsLongerThanAMoment) {
  const std::string file = dir.path("alerts");
  AlertSender sender(mail_to({"root@mydomain.com"}), AlertRetries{{10min}}, on_disk(file));
  sender.send({.subject = "a mail\xff", .body = "b\n", .json = "{}"});
  ASSERT_TRUE(eventually([&] { return alert::parse_alerts(read_all(file)).mail.size() == 1; }));
  EXPECT_EQ(alert::parse_alerts(read_all(file)).mail[0].subject, "a mail\\xff");
  sender.retarget({});  // nobody is to be told any more: nothing waits
  EXPECT_TRUE(eventually([&] { return access(file.c_str(), F_OK) != 0; }));
}

TEST_F(AlertSenderTest, NothingIsWrittenOfWhatIsSentAtOnce) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  const std::string file = dir.path("missing/alerts");  // to write it would be an error
  {
    AlertSender sender({.webhook = url("http", "/")}, quick, on_disk(file));
    sender.send({.subject = "s", .body = "b", .json = "sent"});
    ASSERT_TRUE(shown("sent"));
  }
  EXPECT_NE(access(file.c_str(), F_OK), 0);
}

TEST_F(AlertSenderTest, EndsAtOnceThoughTheServerHangs) {
  const std::string file = dir.path("alerts");
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener, 8), 0);  // nobody accepts, nobody greets
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.webhook = url("http", "/");
  std::chrono::steady_clock::time_point begin;
  {
    AlertSender sender(targets, quick, on_disk(file));
    for (int i = 0; i < 10; ++i) sender.send({.subject = "s", .body = "b", .json = "{}"});
    // The hook's connection stands in the kernel's queue: both lanes wait for a word.
    ASSERT_TRUE(eventually([&] { return alert::parse_alerts(read_all(file)).hook.size() == 10; }));
    begin = std::chrono::steady_clock::now();
  }
  close(listener);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kAlertTryLimit);
  EXPECT_EQ(alert::parse_alerts(read_all(file)).mail.size(), 10U);
}

TEST_F(AlertSenderTest, AFullQueueLosesOldGoodNewsFirst) {
  const std::string file = dir.path("alerts");
  constexpr std::size_t kGood = 5;
  {
    // Nobody listens: the first alert is tried again and again, the others wait behind it.
    AlertSender sender(mail_to({"root@mydomain.com"}), AlertRetries{{10min}}, on_disk(file));
    for (std::size_t i = 0; i < kAlertQueueLimit + 10; ++i) {
      sender.send({.subject = std::to_string(i),
                   .body = "b",
                   .json = "{}",
                   .important = i < 100 || i >= 100 + kGood});
    }
  }
  std::vector<alert::Alert> kept = alert::parse_alerts(read_all(file)).mail;
  ASSERT_EQ(kept.size(), kAlertQueueLimit);
  EXPECT_EQ(kept[0].subject, "0");
  EXPECT_EQ(kept[1].subject, "6");  // five of the ten that went were good news, five the oldest
  EXPECT_EQ(kept.back().subject, std::to_string(kAlertQueueLimit + 9));
  for (const alert::Alert& alert : kept) EXPECT_TRUE(alert.important) << alert.subject;
}

TEST_F(AlertSenderTest, ManyOctetsAreBounded) {
  const std::string file = dir.path("alerts");
  const CapturedLog log;
  {
    AlertSender sender(mail_to({"root@mydomain.com"}), AlertRetries{{10min}}, on_disk(file));
    const std::string body(kAlertQueueOctets / 4, 'x');
    for (int i = 0; i < 9; ++i) {
      sender.send({.subject = std::to_string(i), .body = body, .json = "{}"});
    }
  }
  const std::vector<alert::Alert> kept = alert::parse_alerts(read_all(file)).mail;
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept.back().subject, "8");
  EXPECT_TRUE(log.text().starts_with("error: alert lost: too many are waiting for the mail: 1\n"))
      << log.text();
}

TEST_F(AlertSenderTest, OldNewsIsDropped) {
  const std::string file = dir.path("alerts");
  const CapturedLog log;
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  alert::Alert old{.subject = "old", .body = "b", .json = "stale", .at = io::wall_now(), .id = "1"};
  alert::Alert fresh = old;
  fresh.json = "fresh";
  old.at -= std::chrono::ceil<std::chrono::milliseconds>(kAlertLifetime) + 1min;
  std::ofstream(file) << alert::format_alerts({.mail = {}, .hook = {old, fresh}}) << "no alert\n";
  std::optional<AlertSender> sender(std::in_place, AlertTargets{.webhook = url("http", "/")}, quick,
                                    on_disk(file));
  ASSERT_TRUE(shown("fresh")) << read_all(out());
  EXPECT_EQ(read_all(out()).find("stale"), std::string::npos);
  EXPECT_TRUE(eventually([&] { return access(file.c_str(), F_OK) != 0; }));
  sender.reset();
  EXPECT_EQ(log.text(), "error: " + file +
                            ": damaged lines: 1; their alerts are lost\n"
                            "info: alerts of the last run waiting for the webhook: 2\n"
                            "error: alert not sent by webhook in 2d: old\n");
}

/// A disk that fails costs what waits over a restart, and nothing else.
TEST_F(AlertSenderTest, IsSentThoughNothingCanBeKept) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "1"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  const auto refuse = [] { return fail("the disk is broken"); };
  const AlertFile broken{
      .path = "alerts",
      .read = [refuse]() -> Result<std::optional<std::string>> { return refuse(); },
      .replace = [refuse](std::string_view) -> Result<void> { return refuse(); },
      .remove = [refuse]() -> Result<void> { return refuse(); }};
  const CapturedLog log;
  std::optional<AlertSender> sender(std::in_place, AlertTargets{.webhook = url("http", "/")}, quick,
                                    broken);
  sender->send({.subject = "s", .body = "b", .json = "told"});
  EXPECT_TRUE(eventually([&] { return count(read_all(out()), "told") == 2; })) << read_all(out());
  sender.reset();
  EXPECT_TRUE(log.text().starts_with(
      "error: alerts: the disk is broken; the alerts of the last run are lost\n"))
      << log.text();
}

}  // namespace
}  // namespace rollcall::channel
