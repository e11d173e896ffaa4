/// RFC 9460 section 2.5.1, "AliasMode": "." as the target says that the service is not there.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section251, AServiceThatIsNotThereNeedsNoHost) {
  EXPECT_THAT(said("r SVCB 0 .\n"), IsEmpty());
  EXPECT_THAT(said("r SVCB 1 .\n"), ElementsAre(HasSubstr("has no A or AAAA record")));
}

}  // namespace
}  // namespace rollcall::rfc
