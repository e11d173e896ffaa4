/// RFC 7477 section 2.1, "The CSYNC Resource Record Format": a serial, flags, and a type bitmap;
/// the example of section 2.1.2.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7477Section21, TheExample) {
  EXPECT_EQ(wire("CSYNC 66 3 A NS AAAA"), hex("00000042 0003 00 04 60000008"));
  EXPECT_EQ(shown("CSYNC 66 3 A NS AAAA"), "CSYNC 66 3 A NS AAAA");
}

}  // namespace
}  // namespace rollcall::rfc
