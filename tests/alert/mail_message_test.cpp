#include "alert/mail_message.hpp"

#include <gtest/gtest.h>

namespace rollcall::alert {
namespace {

using namespace std::chrono;

Mail sample() {
  return {.from = "rollcall@mydomain.com",
          .to = {"root@mydomain.com", "ops@mydomain.com"},
          .subject = "www.mydomain.com: 192.0.2.3 is down",
          .body = "It is out.\n.dot\n\nBye\n",
          .date = sys_days{2026y / November / 2} + 3h + 4min + 5s,
          .message_id = "abc@mydomain.com"};
}

TEST(MailMessage, IsRfc5322) {
  EXPECT_EQ(mail_message(sample()),
            "Date: Mon, 2 Nov 2026 03:04:05 +0000\r\n"
            "From: rollcall@mydomain.com\r\n"
            "To: root@mydomain.com,\r\n ops@mydomain.com\r\n"
            "Subject: www.mydomain.com: 192.0.2.3 is down\r\n"
            "Message-ID: <abc@mydomain.com>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "It is out.\r\n.dot\r\n\r\nBye\r\n");
}

TEST(MailMessage, LetsNoTextBeginAnotherField) {
  Mail mail = sample();
  mail.subject = "x\r\nBcc: all@example.com\r\n\r\nbody";
  const std::string text = mail_message(mail);
  EXPECT_EQ(text.find("\nBcc:"), std::string::npos);
  EXPECT_NE(text.find("Subject: x\\r\\nBcc: all@example.com\\r\\n\\r\\nbody\r\n"),
            std::string::npos);
}

TEST(MailMessage, EncodesASubjectThatIsNotAscii) {
  Mail mail = sample();
  mail.subject = "Grüße";
  EXPECT_NE(mail_message(mail).find("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"), std::string::npos);

  mail.subject = "a";
  for (int i = 0; i < 40; ++i) mail.subject += "ü";  // 81 octets, none of them split
  const std::string text = mail_message(mail);
  EXPECT_NE(text.find("?=\r\n =?UTF-8?B?"), std::string::npos);
  // 45 octets would end well here (1 + 22 * 2); base64 of whole characters begins with w7 each
  // time.
  EXPECT_NE(text.find("\r\n =?UTF-8?B?w7zD"), std::string::npos);
}

TEST(MailMessage, EncodesABodyThatIsNotShortAscii) {
  Mail mail = sample();
  mail.body = "Grüße\n";
  EXPECT_NE(mail_message(mail).find("base64\r\n\r\nR3LDvMOfZQ0K\r\n"), std::string::npos);
  mail.body = std::string(999, 'a');
  const std::string text = mail_message(mail);
  EXPECT_NE(text.find("Encoding: base64"), std::string::npos);
  for (std::size_t at = 0, end = 0; (end = text.find("\r\n", at)) != std::string::npos;
       at = end + 2) {
    EXPECT_LE(end - at, 78U);
  }
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
