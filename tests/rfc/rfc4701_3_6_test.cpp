/// RFC 4701 section 3.6, "Examples": DHCID: base64.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4701Section36, TheFirstExample) {
  EXPECT_EQ(wire("DHCID ( AAIBY2/AuCccgoJbsaxcQc9TUapptP69l\n OjxfNuVAA2kjEA= )"),
            hex("000201 636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40"));
}

}  // namespace
}  // namespace rollcall::rfc
