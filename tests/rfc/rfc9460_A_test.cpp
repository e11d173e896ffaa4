/// RFC 9460 appendix A, "Decoding Text in Zone Files": escapes first, then the commas of a list,
/// which a backslash makes part of an item.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460AppendixA, AnEscapeIsResolvedBeforeTheListIsSplit) {
  EXPECT_EQ(wire("SVCB 1 . alpn=a\\044b"), wire("SVCB 1 . alpn=a,b"));
  EXPECT_EQ(wire("SVCB 1 . alpn=\"a\\\\,b\""), hex("0001 00 0001 0004 03 612c62"));
  EXPECT_EQ(wire("SVCB 1 . alpn=\"a\\\\\\\\b\""), hex("0001 00 0001 0004 03 615c62"));
}

TEST(Rfc9460AppendixA, ABackslashBeforeAnythingElseIsNoList) {
  EXPECT_THAT(said("r SVCB 1 . alpn=\"a\\\\b\"\n"),
              ElementsAre(HasSubstr("is not a valid value for alpn")));
}

}  // namespace
}  // namespace rollcall::rfc
