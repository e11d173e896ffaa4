/// RFC 1183 section 1, "AFS Data Base location": AFSDB: a subtype and a host.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1183Section1, TheExample) {
  EXPECT_EQ(wire("AFSDB 1 jack.toaster.com."), hex("0001 046a61636b 07746f6173746572 03636f6d 00"));
}

}  // namespace
}  // namespace rollcall::rfc
