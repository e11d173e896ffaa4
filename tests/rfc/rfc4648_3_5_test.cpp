/// RFC 4648 section 3.5, "Canonical Encoding": bits behind the last octet are zero.
#include "dns/encoding.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4648Section35, PadBitsThatAreNotZeroAreRefused) {
  Octets out;
  EXPECT_TRUE(dns::from_base64("Zg==", out));
  EXPECT_FALSE(dns::from_base64("Zh==", out));
  EXPECT_TRUE(dns::from_base32hex("CO", out));
  EXPECT_FALSE(dns::from_base32hex("CP", out));
}

}  // namespace
}  // namespace rollcall::rfc
