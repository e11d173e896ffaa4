/// RFC 2230 section 3: KX: a preference and a host that exchanges keys.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2230Section3, Rdata) {
  EXPECT_EQ(wire("KX 10 a."), hex("000a 0161 00"));
}

}  // namespace
}  // namespace rollcall::rfc
