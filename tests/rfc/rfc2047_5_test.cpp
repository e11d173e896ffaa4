/// RFC 2047 section 5, "Use of encoded-words in message headers": a character is not split between
/// two words.
#include "alert/mail_message.hpp"
#include "dns/encoding.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2047Section5, EachWordHoldsWholeCharacters) {
  std::string subject = "x";  // so that a cut after 45 octets would fall into a character
  for (int i = 0; i < 60; ++i) subject += "ä";
  const std::string mail = alert::mail_header({.from = "a@x",
                                               .to = {"b@x"},
                                               .subject = subject,
                                               .body = "",
                                               .date = {},
                                               .message_id = "1@x"})
                               .at(3);
  std::string whole;
  for (std::size_t at = 0; (at = mail.find("=?UTF-8?B?", at)) != std::string::npos;) {
    at += 10;
    Octets word;
    ASSERT_TRUE(
        dns::from_base64(std::string_view(mail).substr(at, mail.find("?=", at) - at), word));
    EXPECT_NE(word.front() & 0xc0, 0x80);
    EXPECT_NE(word.back() & 0xc0, 0xc0);
    whole += as_text(word);
  }
  EXPECT_EQ(whole, subject);
}

}  // namespace
}  // namespace rollcall::rfc
