/// RFC 5952 section 4, "A Recommendation for IPv6 Text Representation": no leading zeros, the
/// longest run of zeros as "::", lower case.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc5952Section4, AddressesAreShownInThisForm) {
  EXPECT_EQ(shown("AAAA 2001:0db8::0001"), "AAAA 2001:db8::1");                // 4.1
  EXPECT_EQ(shown("AAAA 2001:db8:0:0:0:0:2:1"), "AAAA 2001:db8::2:1");         // 4.2.1
  EXPECT_EQ(shown("AAAA 2001:db8:0:1:1:1:1:1"), "AAAA 2001:db8:0:1:1:1:1:1");  // 4.2.2
  EXPECT_EQ(shown("AAAA 2001:0:0:1:0:0:0:1"), "AAAA 2001:0:0:1::1");           // 4.2.3
  EXPECT_EQ(shown("AAAA 2001:db8:0:0:1:0:0:1"), "AAAA 2001:db8::1:0:0:1");     // 4.2.3
  EXPECT_EQ(shown("AAAA 2001:DB8::AAAA"), "AAAA 2001:db8::aaaa");              // 4.3
}

}  // namespace
}  // namespace rollcall::rfc
