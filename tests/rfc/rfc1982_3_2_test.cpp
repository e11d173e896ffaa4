/// RFC 1982 section 3.2, "Comparison": one serial is after another where it is less than half the
/// circle ahead.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1982Section32, AheadIsLessThanHalfTheCircle) {
  EXPECT_TRUE(dns::serial_greater(1, 0));
  EXPECT_TRUE(dns::serial_greater(0x7fffffff, 0));
  EXPECT_TRUE(dns::serial_greater(0, 0xffffffff));
  EXPECT_TRUE(dns::serial_greater(0x7ffffffe, 0xffffffff));
  EXPECT_FALSE(dns::serial_greater(0, 1));
  EXPECT_FALSE(dns::serial_greater(0xffffffff, 0));
}

TEST(Rfc1982Section32, EqualAndOppositeSerialsAreNotInOrder) {
  EXPECT_FALSE(dns::serial_greater(7, 7));
  EXPECT_FALSE(dns::serial_greater(0x80000000, 0));
  EXPECT_FALSE(dns::serial_greater(0, 0x80000000));
}

}  // namespace
}  // namespace rollcall::rfc
