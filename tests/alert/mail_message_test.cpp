#include "alert/mail_message.hpp"

#include <gmock/gmock.h>

namespace rollcall::alert {
namespace {

using namespace std::chrono;
using testing::ElementsAre;

Mail sample() {
  return {.from = "rollcall@mydomain.com",
          .to = {"root@mydomain.com", "ops@mydomain.com"},
          .subject = "www.mydomain.com: 192.0.2.3 is down",
          .body = "It is out.\n.dot\n\nBye\n",
          .date = sys_days{2026y / November / 2} + 3h + 4min + 5s,
          .message_id = "abc@mydomain.com"};
}

TEST(MailMessage, HasAHeader) {
  EXPECT_THAT(mail_header(sample()),
              ElementsAre("Date: Mon, 2 Nov 2026 03:04:05 +0000", "From: rollcall@mydomain.com",
                          "To: root@mydomain.com,\r\n ops@mydomain.com",
                          "Subject: www.mydomain.com: 192.0.2.3 is down",
                          "Message-ID: <abc@mydomain.com>", "Auto-Submitted: auto-generated"));
}

TEST(MailMessage, LetsNoTextBeginAnotherField) {
  Mail mail = sample();
  mail.subject = "x\r\nBcc: all@example.com\r\n\r\nbody";
  EXPECT_EQ(mail_header(mail).at(3), "Subject: x\\r\\nBcc: all@example.com\\r\\n\\r\\nbody");
}

TEST(MailMessage, EncodesASubjectThatIsNotAscii) {
  Mail mail = sample();
  mail.subject = "Grüße";
  EXPECT_EQ(mail_header(mail).at(3), "Subject: =?UTF-8?B?R3LDvMOfZQ==?=");

  mail.subject = "a";
  for (int i = 0; i < 40; ++i) mail.subject += "ü";  // 81 octets, none of them split
  const std::string text = mail_header(mail).at(3);
  EXPECT_NE(text.find("?=\r\n =?UTF-8?B?"), std::string::npos);
  // 45 octets would end well here (1 + 22 * 2); base64 of whole characters begins with w7 each
  // time.
  EXPECT_NE(text.find("\r\n =?UTF-8?B?w7zD"), std::string::npos);
}

TEST(MailMessage, HasABodyWithItsLineEnds) {
  EXPECT_EQ(mail_body("It is out.\n.dot\n\nBye"), "It is out.\r\n.dot\r\n\r\nBye\r\n");
  EXPECT_EQ(mail_body("\x1b[2J"), "\\x1b[2J\r\n");
  EXPECT_TRUE(is_plain_mail("short\r\n\tASCII\r\n"));
  EXPECT_FALSE(is_plain_mail("Grüße\r\n"));
}

TEST(MailMessage, TellsTheDomain) {
  EXPECT_EQ(mail_domain("a@b.example"), "b.example");
  EXPECT_EQ(mail_domain("root"), "localhost");
  EXPECT_EQ(mail_domain("root@"), "localhost");
}

TEST(MailMessage, WritesDates) {
  EXPECT_EQ(mail_date(sys_days{2024y / February / 29} + 23h + 59min + 59s),
            "Thu, 29 Feb 2024 23:59:59 +0000");
}

}  // namespace
}  // namespace rollcall::alert
