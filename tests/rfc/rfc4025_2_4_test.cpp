/// RFC 4025 section 2.4, "RDATA Format - Algorithm Type": 0 says that no key is there; 1 and 2 that
/// there is one.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4025Section24, WithoutAnAlgorithmNoKeyIsNeeded) {
  EXPECT_THAT(said("r IPSECKEY 10 0 0 .\n"), IsEmpty());
  EXPECT_THAT(said("r IPSECKEY 10 0 2 .\n"), ElementsAre(HasSubstr("expected base64")));
}

TEST(Rfc4025Section24, OctetsAreHeldToTheSame) {
  EXPECT_THAT(said("r IPSECKEY \\# 3 0a 00 00\n"), IsEmpty());
  EXPECT_THAT(said("r IPSECKEY \\# 3 0a 00 02\n"),
              ElementsAre(HasSubstr("not a valid IPSECKEY record")));
}

}  // namespace
}  // namespace rollcall::rfc
