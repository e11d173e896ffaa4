/// RFC 4035 section 2.5, "Including CNAME RRs in a Zone": RRSIG and NSEC may stand beside a CNAME.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4035Section25, RrsigAndNsecMayStandBesideACname) {
  EXPECT_THAT(said("a CNAME ns\na NSEC b A\n"
                   "a RRSIG CNAME 5 3 60 20300101000000 20290101000000 1 example.com. AQAB\n"),
              IsEmpty());
  EXPECT_THAT(said("a CNAME ns\na NSEC3 1 0 0 - 00 A\n"),
              ElementsAre(HasSubstr("a CNAME and other data (NSEC3)")));
}

}  // namespace
}  // namespace rollcall::rfc
