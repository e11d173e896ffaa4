/// RFC 2163 section 4: PX: a preference and two names.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2163Section4, TwoNames) {
  EXPECT_EQ(shown("PX 50 ab.net2.it. O-ab.PRMD-net2.ADMDb.C-it."),
            "PX 50 ab.net2.it. O-ab.PRMD-net2.ADMDb.C-it.");
  EXPECT_EQ(wire("PX 50 a. b."), hex("0032 0161 00 0162 00"));
}

}  // namespace
}  // namespace rollcall::rfc
