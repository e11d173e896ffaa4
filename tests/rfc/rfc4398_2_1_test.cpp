/// RFC 4398 section 2.1, "Certificate Type Values": PKIX, PGP and others stand for their numbers.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4398Section21, AMnemonicIsANumber) {
  EXPECT_EQ(wire("CERT PKIX 1 RSASHA1 AQID"), hex("0001 0001 05 010203"));
  EXPECT_EQ(wire("CERT PGP 0 0 AQID"), hex("0003 0000 00 010203"));
  EXPECT_EQ(wire("CERT 254 0 0 AQID"), wire("CERT OID 0 0 AQID"));
}

}  // namespace
}  // namespace rollcall::rfc
