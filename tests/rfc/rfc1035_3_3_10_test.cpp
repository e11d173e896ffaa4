/// RFC 1035 section 3.3.10, "NULL RDATA format": anything at all, so its text is that of RFC 3597.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section3310, OctetsAreTakenAsTheyAre) {
  EXPECT_EQ(wire("NULL \\# 3 00ff61"), hex("00ff61"));
  EXPECT_EQ(shown("NULL \\# 3 00ff61"), "NULL \\# 3 00FF61");
  EXPECT_EQ(shown("NULL \\# 0"), "NULL \\# 0");
  EXPECT_EQ(shown("TYPE10 \\# 1 00"), "NULL \\# 1 00");
}

TEST(Rfc1035Section3310, NoOtherTextIsTaken) {
  EXPECT_THAT(said("r NULL foo\n"), ElementsAre("zone:5:8: error: expected \\#, found \"foo\""));
  EXPECT_THAT(said("r NULL\n"),
              ElementsAre("zone:5:7: error: expected \\#, found the end of the record"));
}

}  // namespace
}  // namespace rollcall::rfc
