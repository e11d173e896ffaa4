/// RFC 2136 section 2.2, "Message Header": UPDATE is opcode 5; a server without it says NOTIMP
/// (section 3.1).
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2136Section22, UpdateIsNotImplemented) {
  const Octets update =
      octets("1234 2800 0001 0000 0000 0000 07 6578616d706c65 03 636f6d 00 0006 0001");
  EXPECT_EQ(hex(Server("").reply(update)), hex("1234 a804 0000 0000 0000 0000"));
}

}  // namespace
}  // namespace rollcall::rfc
