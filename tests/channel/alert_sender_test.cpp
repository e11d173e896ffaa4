#include "channel/alert_sender.hpp"

#include "channel/alert_sending.hpp"

namespace rollcall::channel {
namespace {

using namespace std::chrono_literals;

TEST_F(AlertSenderTest, GoesOnWithNewTargets) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender(post_to("/old"), quick);
  sender.send(told("one"));
  ASSERT_TRUE(shown("/old application/json {\"id\":")) << read_all(out());
  sender.retarget(post_to("/new"));
  sender.send(told("two"));
  EXPECT_TRUE(shown("/new application/json {\"id\":")) << read_all(out());
}

/// RFC 5322 section 3.6.4: with a Message-ID.
TEST_F(AlertSenderTest, SendsMail) {
  const RealProcess server(smtp_server(), out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender(mail_to({"root@mydomain.com", "ops@mydomain.com"}));
  alert::Told notice = told("www: 192.0.2.3 is down");
  notice.detail = "line one\n.hidden dot\n";
  sender.send(notice);
  ASSERT_TRUE(shown("------------ END MESSAGE ------------")) << read_all(out());
  const std::string mail = read_all(out());
  EXPECT_NE(mail.find("From: rollcall@mydomain.com\n"), std::string::npos) << mail;
  EXPECT_NE(mail.find("To: root@mydomain.com,\n ops@mydomain.com\n"), std::string::npos) << mail;
  EXPECT_NE(mail.find("Subject: [ns1] www: 192.0.2.3 is down\n"), std::string::npos) << mail;
  EXPECT_NE(mail.find("@mydomain.com>\n"), std::string::npos) << mail;
  EXPECT_NE(mail.find("  done:   line one\n          .hidden dot\n"), std::string::npos) << mail;
}

TEST_F(AlertSenderTest, MakesOneMessageOfWhatComesTogether) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertTargets targets = post_to("/");
  targets.batch = 300ms;
  AlertSender sender(targets, quick);
  for (int i = 0; i < 60; ++i) sender.send(told("p" + std::to_string(i)));
  ASSERT_TRUE(shown("[ns1] 192.0.2.3: down in 60 pools")) << read_all(out());
  EXPECT_EQ(count(read_all(out()), "application/json"), 1U);
}

TEST_F(AlertSenderTest, TriesUntilTheServerTakesIt) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "7"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender(post_to("/"), quick);
  sender.send(told("first"));
  ASSERT_TRUE(shown("first"));
  sender.send(told("second"));  // waits behind the first
  ASSERT_TRUE(shown("[ns1] second")) << read_all(out());
  EXPECT_EQ(count(read_all(out()), "\"subject\":\"[ns1] first\""), 8U);
  EXPECT_EQ(count(read_all(out()), "\"subject\":\"[ns1] second\""), 1U);
}

/// RFC 9110 section 15.5: 410 is no fault that passes.
TEST_F(AlertSenderTest, GivesUpWhatIsRefusedForGoodAndTellsOfIt) {
  const RealProcess server(
      {"/usr/bin/python3", "-c", hook_server, std::to_string(port), "3", "410"}, out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender(post_to("/"), quick);
  sender.send(told("first"));
  ASSERT_TRUE(eventually(
      [&] { return count(read_all(out()), "\"subject\":\"[ns1] first\"") == kAlertRefusals; }));
  sender.send(told("second"));
  ASSERT_TRUE(shown("[ns1] second")) << read_all(out());
  EXPECT_TRUE(shown(R"("missed":{"count":1,)")) << read_all(out());
  EXPECT_EQ(count(read_all(out()), "\"subject\":\"[ns1] first\""), kAlertRefusals);
}

/// What could not be delivered in its time is one message as soon as the channel works again.
TEST_F(AlertSenderTest, TellsWhatWasMissedOnceTheChannelWorks) {
  AlertRetries impatient = quick;
  impatient.lifetime = 100ms;
  const CapturedLog log;
  AlertSender sender(post_to("/"), impatient);  // nobody listens
  sender.send(told("lost"));
  ASSERT_TRUE(eventually([&] {
    return log.text().find("error: alert not delivered by webhook in 100ms: lost") !=
           std::string::npos;
  })) << log.text();
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(shown("[ns1] 1 earlier alert was not delivered")) << read_all(out());
  EXPECT_TRUE(shown(R"("subjects":["lost"])")) << read_all(out());
}

TEST_F(AlertSenderTest, AMailServerThatIsDownDoesNotHoldTheWebhook) {
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.mail->smtp = "smtp://127.0.0.1:" + std::to_string(free_port());
  targets.hook = post_to("/").hook;
  AlertSender sender(std::move(targets), AlertRetries{{10min}});
  sender.send(told("told"));
  EXPECT_TRUE(shown("[ns1] told"));
}

TEST_F(AlertSenderTest, KeepsWhatIsNotSentForTheNextOne) {
  const std::string file = dir.path("alerts");
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.mail->smtp = "smtp://127.0.0.1:" + std::to_string(free_port());
  targets.hook = post_to("/").hook;  // nobody listens for either
  {
    AlertSender sender(targets, AlertRetries{{10min}}, on_disk(file));
    for (const char* line : {"one", "two", "three"}) sender.send(told(line));
  }
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  AlertSender sender(targets, AlertRetries{{10min}}, on_disk(file));
  ASSERT_TRUE(eventually([&] {
    const std::string got = read_all(out());
    return count(got, R"("subject":"one")") == 1 && count(got, R"("subject":"two")") == 1 &&
           count(got, R"("subject":"three")") == 1;
  })) << read_all(out());
  // For mail there is still nobody: those alerts alone are kept from now on.
  EXPECT_TRUE(eventually([&] {
    const alert::SavedAlerts kept = alert::parse_alerts(read_all(file));
    return kept.lanes.contains("mail") && !kept.lanes.contains("exec") &&
           !kept.lanes.at("webhook").waits();
  })) << read_all(file);
}

/// A kill -9 at any moment: what waits is on the disk, in the digest too.
TEST_F(AlertSenderTest, KeepsWhatWaitsForOthers) {
  const std::string file = dir.path("alerts");
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.batch = 10min;
  AlertSender sender(targets, quick, on_disk(file));
  sender.send(told("a mail"));
  const auto pending = [&] { return alert::parse_alerts(read_all(file)).lanes["mail"].pending; };
  ASSERT_TRUE(eventually([&] { return pending().size() == 1; }));
  EXPECT_EQ(pending()[0].line, "a mail");
  sender.retarget({});  // nobody is to be told any more: nothing waits
  EXPECT_TRUE(eventually([&] { return access(file.c_str(), F_OK) != 0; }));
}

TEST_F(AlertSenderTest, EndsAtOnceThoughTheServersHang) {
  const std::string file = dir.path("alerts");
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener, 8), 0);  // nobody accepts, nobody greets
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.hook = post_to("/").hook;
  targets.exec = ExecTarget{
      .command = {"/bin/sh", "-c", "echo $$ >\"$1\"; sleep 1000", "sh", dir.path("pid")}};
  std::chrono::steady_clock::time_point begin;
  {
    AlertSender sender(targets, quick, on_disk(file));
    sender.send(told("x"));
    ASSERT_TRUE(eventually([&] {
      return alert::parse_alerts(read_all(file)).lanes["webhook"].front &&
             !read_all(dir.path("pid")).empty();
    }));
    begin = std::chrono::steady_clock::now();
  }
  close(listener);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kAlertTryLimit);
  const alert::SavedAlerts kept = alert::parse_alerts(read_all(file));
  EXPECT_EQ(kept.lanes.size(), 3U);
  const pid_t pid = std::stoi(read_all(dir.path("pid")));
  EXPECT_TRUE(eventually([&] { return kill(pid, 0) != 0; }));
}

TEST_F(AlertSenderTest, DamagedLinesAreToldAndTheOthersSent) {
  const std::string file = dir.path("alerts");
  const CapturedLog log;
  const RealProcess server({"/usr/bin/python3", "-c", hook_server, std::to_string(port), "0"},
                           out());
  ASSERT_TRUE(eventually([&] { return is_listening(port); }));
  alert::SavedAlerts saved;
  saved.lanes["webhook"].pending = {told("fresh")};
  saved.lanes["webhook"].front = alert::Batch{.id = "run-1", .told = {told("front")}};
  std::ofstream(file) << alert::format_alerts(saved) << "no alert\n";
  std::optional<AlertSender> sender(std::in_place, post_to("/"), quick, on_disk(file));
  ASSERT_TRUE(shown("[ns1] fresh")) << read_all(out());
  EXPECT_TRUE(shown(R"({"id":"run-1",)")) << read_all(out());  // as it was called before
  EXPECT_TRUE(eventually([&] {
    const alert::SavedAlerts kept = alert::parse_alerts(read_all(file));
    return kept.lanes.contains("webhook") && !kept.lanes.at("webhook").waits();
  })) << read_all(file);
  sender.reset();
  EXPECT_EQ(log.text(), "error: " + file +
                            ": damaged lines: 1; their alerts are lost\n"
                            "info: alerts of the last run waiting for the webhook: 2\n");
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
  std::optional<AlertSender> sender(std::in_place, post_to("/"), quick, broken);
  sender->send(told("told"));
  EXPECT_TRUE(eventually([&] { return count(read_all(out()), "\"subject\":\"[ns1] told\"") == 2; }))
      << read_all(out());
  sender.reset();
  EXPECT_TRUE(log.text().starts_with(
      "error: alerts: the disk is broken; the alerts of the last run are lost\n"))
      << log.text();
}

TEST_F(AlertSenderTest, RunsAProgramWithItsArgumentsAndTheWholeAsInput) {
  AlertTargets targets{.nameserver = "ns1", .batch = {}};
  targets.exec = ExecTarget{.command = {"/bin/sh", "-c",
                                        "printf '<%s>' \"$@\" >\"$0.new\"; cat >>\"$0.new\"; "
                                        "mv \"$0.new\" \"$0\"",
                                        dir.path("out"), "{subject}", "{pool}"}};
  AlertSender sender(targets, quick);
  alert::Told notice = told("$(touch /tmp/x) `id` \"quoted\"");
  notice.name = "-n";
  sender.send(notice);
  ASSERT_TRUE(shown("nameserver")) << read_all(out());
  const std::string got = read_all(out());
  EXPECT_TRUE(got.starts_with("<[ns1] $(touch /tmp/x) `id` \"quoted\">< -n>{\"id\":")) << got;
  EXPECT_TRUE(got.ends_with("}\n")) << got;
}

TEST_F(AlertSenderTest, AProgramThatFailsIsRunAgain) {
  const CapturedLog log;
  AlertTargets targets{.nameserver = "ns1", .batch = {}};
  targets.exec = ExecTarget{
      .command = {"/bin/sh", "-c",
                  "echo tried >>\"$0\"; test $(wc -l <\"$0\") -ge 3 || { echo no line; exit 7; }",
                  dir.path("out")}};
  AlertSender sender(targets, quick);
  sender.send(told("x"));
  EXPECT_TRUE(eventually([&] { return count(read_all(out()), "tried") == 3; }));
  EXPECT_NE(log.text().find("warning: exec: the program failed: exit status 7: no line\n"),
            std::string::npos)
      << log.text();
}

}  // namespace
}  // namespace rollcall::channel
