/// RFC 2535 section 2.3.5, "Special Considerations with CNAME RRs": KEY and SIG may stand beside a
/// CNAME.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2535Section235, KeyAndSigMayStandBesideACname) {
  EXPECT_THAT(said("a CNAME ns\na KEY 256 3 5 AQAB\n"
                   "a SIG CNAME 5 3 60 20300101000000 20290101000000 1 example.com. AQAB\n"),
              IsEmpty());
}

}  // namespace
}  // namespace rollcall::rfc
