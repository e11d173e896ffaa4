/// RFC 7553 section 4: URI: priority, weight, and the target in quotes, without a length.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7553Section4, TheTargetIsTheRest) {
  EXPECT_EQ(wire("URI 10 1 \"ftp://x/\""), hex("000a 0001 6674703a2f2f782f"));
  EXPECT_EQ(shown("URI 10 1 \"ftp://ftp1.example.com/public\""),
            "URI 10 1 \"ftp://ftp1.example.com/public\"");
}

}  // namespace
}  // namespace rollcall::rfc
