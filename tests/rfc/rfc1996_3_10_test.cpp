/// RFC 1996 section 3.10: who takes NOTIFY is a secondary, and only from its primaries
/// (tests/answer/notify_request_test.cpp); a primary has none to take.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1996Section310, ANotifyToThePrimaryIsNotImplemented) {
  const Octets notify =
      octets("1234 2400 0001 0000 0000 0000 07 6578616d706c65 03 636f6d 00 0006 0001");
  EXPECT_EQ(hex(Server("").reply(notify)), hex("1234 a004 0000 0000 0000 0000"));
}

}  // namespace
}  // namespace rollcall::rfc
