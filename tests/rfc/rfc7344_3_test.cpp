/// RFC 7344 section 3, "CDS and CDNSKEY Record Definitions": they have the forms of DS and DNSKEY;
/// RFC 8078 section 4 has the ones that ask for deletion.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7344Section3, TheFormsOfDsAndDnskey) {
  const std::string digest = " 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118";
  EXPECT_EQ(wire("CDS" + digest), wire("DS" + digest));
  EXPECT_EQ(wire("CDNSKEY 257 3 8 AQAB"), wire("DNSKEY 257 3 8 AQAB"));
}

TEST(Rfc7344Section3, TheOnesOfRfc8078) {
  EXPECT_EQ(wire("CDS 0 0 0 00"), hex("0000 00 00 00"));
  EXPECT_EQ(wire("CDNSKEY 0 3 0 AA=="), hex("0000 03 00 00"));
}

}  // namespace
}  // namespace rollcall::rfc
