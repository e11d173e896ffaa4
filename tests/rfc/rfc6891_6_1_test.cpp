/// RFC 6891 section 6.1, "OPT Record Definition": the pseudo-record that EDNS is; here one in a
/// request and one in its response, octet by octet.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6891Section61, AConversationOctetByOctet) {
  EXPECT_EQ(hex(Server("").reply(octets("1234 0000 0001 0000 0000 0001"
                                        "026e73 07 6578616d706c65 03636f6d 00 0001 0001"
                                        "00 0029 1000 00 00 0000 0000"))),
            hex("1234 8400 0001 0001 0000 0001"
                "026e73 07 6578616d706c65 03636f6d 00 0001 0001"
                "c00c 0001 0001 0000012c 0004 c0000201"
                "00 0029 04d0 00 00 0000 0000"));
}

}  // namespace
}  // namespace rollcall::rfc
