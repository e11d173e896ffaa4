/// RFC 5322 section 2.1.1, "Line Length Limits": no line has more than 998 characters without its
/// CRLF.
#include "alert/mail_message.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc5322Section211, NoLineIsLonger) {
  const std::string mail = alert::mail_message({.from = "a@x",
                                                .to = {"b@x"},
                                                .subject = std::string(5000, 's'),
                                                .body = std::string(5000, 'b'),
                                                .date = {},
                                                .message_id = "1@x"});
  for (std::size_t at = 0; at < mail.size();) {
    const std::size_t end = mail.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 998U);
    at = end + 2;
  }
}

}  // namespace
}  // namespace rollcall::rfc
