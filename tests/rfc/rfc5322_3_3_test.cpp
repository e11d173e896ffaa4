/// RFC 5322 section 3.3, "Date and Time Specification": day of the week, day, month by name, year,
/// time, zone.
#include "alert/mail_message.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc5322Section33, ADateInUtc) {
  EXPECT_EQ(alert::mail_date(std::chrono::sys_seconds(std::chrono::seconds(880127706))),
            "Fri, 21 Nov 1997 15:55:06 +0000");
}

}  // namespace
}  // namespace rollcall::rfc
