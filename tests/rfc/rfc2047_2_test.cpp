/// RFC 2047 section 2, "Syntax of encoded-words": charset, encoding and text between =? and ?=, 75
/// characters at most.
#include "alert/mail_message.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2047Section2, AnEncodedWordHas75CharactersAtMost) {
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += "ä";
  const std::string mail = alert::mail_header({.from = "a@x",
                                               .to = {"b@x"},
                                               .subject = subject,
                                               .body = "",
                                               .date = {},
                                               .message_id = "1@x"})
                               .at(3);
  std::size_t words = 0;
  for (std::size_t at = 0; (at = mail.find("=?UTF-8?B?", at)) != std::string::npos; ++words) {
    const std::size_t end = mail.find("?=", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end + 2 - at, 75U);
    at = end;
  }
  EXPECT_GT(words, 1U);
}

}  // namespace
}  // namespace rollcall::rfc
