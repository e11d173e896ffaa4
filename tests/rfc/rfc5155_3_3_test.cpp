/// RFC 5155 section 3.3, "Presentation Format": the salt in hexadecimal digits or "-", the next
/// name in base32hex without padding.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc5155Section33, TheExample) {
  const std::string text =
      "NSEC3 1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM";
  EXPECT_EQ(shown("NSEC3 1 1 12 aabbccdd ( 2t7b4g4vsa5smi47k61mv5bv1a22bojr\n"
                  "  MX DNSKEY NS SOA NSEC3PARAM RRSIG )"),
            text);
  EXPECT_THAT(wire(text), testing::StartsWith(hex("01 01 000c 04 aabbccdd 14")));
}

TEST(Rfc5155Section33, NoSaltIsAHyphen) {
  EXPECT_EQ(wire("NSEC3PARAM 1 0 0 -"), hex("01 00 0000 00"));
  EXPECT_EQ(shown("NSEC3PARAM 1 0 0 -"), "NSEC3PARAM 1 0 0 -");
}

}  // namespace
}  // namespace rollcall::rfc
