/// RFC 1996 section 3.6: any response with the same ID to the NOTIFY ends the retries.
#include "answer/notify.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1996Section36, AResponseToTheNotifyEndsTheTries) {
  EXPECT_TRUE(answer::answers_notify(octets("1234 a000 0001 0000 0000 0000"), 0x1234));
  EXPECT_TRUE(answer::answers_notify(octets("1234 a004 0000 0000 0000 0000"), 0x1234));
}

TEST(Rfc1996Section36, NothingElseDoes) {
  EXPECT_FALSE(answer::answers_notify(octets("1235 a000 0001 0000 0000 0000"), 0x1234));
  EXPECT_FALSE(answer::answers_notify(octets("1234 2000 0001 0000 0000 0000"), 0x1234));  // QR 0
  EXPECT_FALSE(answer::answers_notify(octets("1234 8000 0001 0000 0000 0000"), 0x1234));  // QUERY
  EXPECT_FALSE(answer::answers_notify(octets("1234 a000"), 0x1234));
}

}  // namespace
}  // namespace rollcall::rfc
