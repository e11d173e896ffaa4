#include "channel/alert_test.hpp"

#include "channel/alert_sending.hpp"

namespace rollcall::channel {
namespace {

using namespace std::chrono_literals;

class AlertTestTest : public AlertSenderTest {
 protected:
  std::vector<ChannelAnswer> test(AlertSender& sender) {
    std::promise<std::vector<ChannelAnswer>> answers;
    auto coming = answers.get_future();
    EXPECT_TRUE(sender.test([&](std::vector<ChannelAnswer> all) { answers.set_value(all); }));
    if (coming.wait_for(2 * kAlertTryLimit) != std::future_status::ready) return {};
    return coming.get();
  }
};

TEST_F(AlertTestTest, TellsWhatEachChannelAnswers) {
  const std::uint16_t hook_port = free_port();
  const RealProcess mail(smtp_server(), out());
  const RealProcess hook(
      {"/usr/bin/python3", "-c", hook_server, std::to_string(hook_port), "100", "403"},
      dir.path("hook"));
  ASSERT_TRUE(eventually([&] { return is_listening(port) && is_listening(hook_port); }));
  AlertTargets targets = mail_to({"root@mydomain.com"});
  targets.hook = HookTarget{.url = "http://u:p@127.0.0.1:" + std::to_string(hook_port) + "/secret"};
  targets.exec = ExecTarget{.command = {"/bin/echo", "paged:", "{kind}"}};
  AlertSender sender(targets, quick);
  const std::vector<ChannelAnswer> answers = test(sender);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].channel, "mail");
  EXPECT_TRUE(answers[0].ok);
  EXPECT_EQ(answers[0].answer, "250 OK");
  EXPECT_EQ(answers[1].target, "http://127.0.0.1:" + std::to_string(hook_port));
  EXPECT_FALSE(answers[1].ok);
  EXPECT_EQ(answers[1].answer, "the server refuses it: HTTP 403");
  EXPECT_TRUE(answers[2].ok);
  EXPECT_EQ(answers[2].answer, "exit status 0: paged: test");
}

TEST_F(AlertTestTest, HasADeadlineAndOneAtATime) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener, 8), 0);
  {
    AlertSender sender(mail_to({"root@mydomain.com"}), quick);
    std::atomic<bool> done = false;
    EXPECT_TRUE(sender.test([&](const std::vector<ChannelAnswer>&) { done = true; }));
    EXPECT_FALSE(sender.test([](const std::vector<ChannelAnswer>&) {}));
    ASSERT_TRUE(eventually([&] { return done.load(); }));
    EXPECT_TRUE(sender.test([](const std::vector<ChannelAnswer>&) {}));
  }  // ends while the second one waits
  close(listener);
}

}  // namespace
}  // namespace rollcall::channel
