/// RFC 2045 section 6.8, "Base64 Content-Transfer-Encoding": encoded lines have 76 characters at
/// most.
#include "alert/mail_message.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2045Section68, LinesOf76Characters) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\u00e4";
  const std::string mail = alert::mail_message({.from = "a@x",
                                                .to = {"b@x"},
                                                .subject = "s",
                                                .body = text,
                                                .date = {},
                                                .message_id = "1@x"});
  EXPECT_THAT(mail, HasSubstr("Content-Transfer-Encoding: base64\r\n"));
  const std::string body = mail.substr(mail.find("\r\n\r\n") + 4);
  EXPECT_EQ(body.find("\r\n"), 76U);
}

}  // namespace
}  // namespace rollcall::rfc
