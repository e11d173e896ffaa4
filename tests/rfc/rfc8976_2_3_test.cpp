/// RFC 8976 section 2.3, "ZONEMD Presentation Format": serial, scheme, hash algorithm, and the
/// digest in hexadecimal digits.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8976Section23, BlanksInTheDigestSayNothing) {
  EXPECT_EQ(wire("ZONEMD 2018031500 1 1 ( 010203\n 0405 )"), hex("7848b78c 01 01 0102030405"));
}

}  // namespace
}  // namespace rollcall::rfc
