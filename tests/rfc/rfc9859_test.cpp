/// RFC 9859, "Generalized DNS Notifications": the DSYNC record.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9859, TypeSchemePortAndTarget) {
  EXPECT_EQ(wire("DSYNC CDS NOTIFY 5359 ns1."), hex("003b 01 14ef 03 6e7331 00"));
  EXPECT_EQ(shown("DSYNC CDS NOTIFY 5359 ns1."), "DSYNC CDS NOTIFY 5359 ns1.");
  EXPECT_EQ(shown("DSYNC TYPE59 1 0 ."), "DSYNC CDS NOTIFY 0 .");
  EXPECT_EQ(shown("DSYNC CSYNC 255 5359 ns1"), "DSYNC CSYNC 255 5359 ns1.example.com.");
  EXPECT_THAT(said("r DSYNC CDS FOO 5359 ns1\n"),
              ElementsAre(HasSubstr("expected NOTIFY or a number from 0 to 255, found \"FOO\"")));
}

}  // namespace
}  // namespace rollcall::rfc
