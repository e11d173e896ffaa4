/// RFC 9460 section 2.1, "Zone-File Presentation Format": priority, target, then key=value in any
/// order; a value may be quoted; keyN for every number.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section21, AValueMayBeQuotedOrNot) {
  EXPECT_EQ(wire("SVCB 1 . alpn=h2,h3"), wire("SVCB 1 . alpn=\"h2,h3\""));
  EXPECT_EQ(wire("SVCB 1 . key667=a"), wire("SVCB 1 . key667=\"a\""));
}

TEST(Rfc9460Section21, AKeyStandsOnce) {
  EXPECT_THAT(said("r SVCB 1 . key123=a key123=b\n"),
              ElementsAre(HasSubstr("key123 is given twice")));
}

TEST(Rfc9460Section21, ANumberHasNoLeadingZero) {
  EXPECT_THAT(said("r SVCB 1 . key0123=a\n"), ElementsAre(HasSubstr("expected a parameter")));
  EXPECT_THAT(said("r SVCB 1 . key65536=a\n"), ElementsAre(HasSubstr("expected a parameter")));
}

TEST(Rfc9460Section21, BehindANumberStandsTheWireForm) {
  EXPECT_EQ(wire("SVCB 1 . key3=\\000\\053"), wire("SVCB 1 . port=53"));
  EXPECT_EQ(wire("SVCB 1 . key1=\\002h2"), wire("SVCB 1 . alpn=h2"));
  EXPECT_EQ(wire("SVCB 1 . key3=53"), wire("SVCB 1 . port=13619"));  // the octets '5' and '3'
  EXPECT_THAT(said("r SVCB 1 . key4=192.0.2.1\n"),
              ElementsAre(HasSubstr("is not a valid value for ipv4hint")));
}

}  // namespace
}  // namespace rollcall::rfc
