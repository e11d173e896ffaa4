/// RFC 6698 section 2.2, "TLSA RR Presentation Format": usage, selector, matching type, and the
/// data in hexadecimal digits; SMIMEA (RFC 8162) has the same form.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6698Section22, TheFirstExample) {
  const char* rdata =
      " 0 0 1 ( d2abde240d7cd3ee6b4b28c54df034b9\n 7983a1d16e8a410e4561cb106618e971 )";
  const std::string expected =
      hex("00 00 01 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971");
  EXPECT_EQ(wire(std::string("TLSA") + rdata), expected);
  EXPECT_EQ(wire(std::string("SMIMEA") + rdata), expected);
}

}  // namespace
}  // namespace rollcall::rfc
