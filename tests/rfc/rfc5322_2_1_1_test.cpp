/// RFC 5322 section 2.1.1, "Line Length Limits": no line has more than 998 characters without its
/// CRLF.
#include <algorithm>

#include "alert/mail_message.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc5322Section211, NoLineIsLonger) {
  const std::vector<std::string> header =
      alert::mail_header({.from = "a@x",
                          .to = std::vector<std::string>(100, "somebody@example.com"),
                          .subject = std::string(5000, 's'),
                          .body = "",
                          .date = {},
                          .message_id = "1@x"});
  for (const std::string& field : header) {
    for (std::size_t at = 0; at < field.size();) {
      const std::size_t end = std::min(field.find("\r\n", at), field.size());
      EXPECT_LE(end - at, 998U);
      at = end + 2;
    }
  }
  // A longer line of the body gets an encoding.
  EXPECT_TRUE(alert::is_plain_mail(std::string(998, 'b') + "\r\n"));
  EXPECT_FALSE(alert::is_plain_mail(std::string(999, 'b') + "\r\n"));
}

}  // namespace
}  // namespace rollcall::rfc
