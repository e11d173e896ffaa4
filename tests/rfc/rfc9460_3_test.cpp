/// RFC 9460 section 3, "Client Behavior": clients follow CNAMEs at a target, and an alias to more
/// records of its type.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section3, AHostMayBeACname) {
  EXPECT_THAT(said("r SVCB 1 h\nh CNAME ns\n"), IsEmpty());
}

TEST(Rfc9460Section3, AnAliasMayLeadToMoreRecordsOfItsType) {
  EXPECT_THAT(said("r SVCB 0 h\nh SVCB 1 ns\n"), IsEmpty());
  EXPECT_THAT(said("r SVCB 1 h\nh SVCB 1 ns\n"), ElementsAre(HasSubstr("has no A or AAAA record")));
}

}  // namespace
}  // namespace rollcall::rfc
