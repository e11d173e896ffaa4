/// RFC 3597 section 6, "Equality Comparison": records of unknown types are equal where their octets
/// are.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3597Section6, OctetsThatLookLikeLettersAreNot) {
  EXPECT_THAT(said("r TYPE731 \\# 1 41\nr TYPE731 \\# 1 61\n"), IsEmpty());
  EXPECT_THAT(said("r TYPE731 \\# 1 41\nr TYPE731 \\# 1 41\n"),
              ElementsAre(HasSubstr("duplicate TYPE731 record ignored")));
}

}  // namespace
}  // namespace rollcall::rfc
