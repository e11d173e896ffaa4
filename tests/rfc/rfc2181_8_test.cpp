/// RFC 2181 section 8, "Time to Live (TTL)": a TTL has 31 bits; one with the highest bit set counts
/// as 0.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2181Section8, ATtlWithTheHighestBitCountsAsZero) {
  EXPECT_THAT(Server("w 2147483648 A 192.0.2.2\n").ask(Question{"w.example.com"}).answer,
              ElementsAre("w.example.com. 0 A 192.0.2.2"));
  EXPECT_THAT(said("w 2147483648 A 192.0.2.2\n"),
              ElementsAre("zone:5:3: warning: TTL 2147483648 is above 2147483647 and counts as 0"));
}

TEST(Rfc2181Section8, ZeroIsATtl) {
  EXPECT_THAT(Server("w 0 A 192.0.2.2\n").ask(Question{"w.example.com"}).answer,
              ElementsAre("w.example.com. 0 A 192.0.2.2"));
}

}  // namespace
}  // namespace rollcall::rfc
