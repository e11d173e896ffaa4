/// RFC 1035 section 3.1, "Name space definitions": a name is labels of a length octet and as many
/// octets, ended by a length of zero; both high bits of a length are zero.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section31, ANameOnTheWire) {
  EXPECT_EQ(hex(name_of("F.ISI.ARPA").wire()), hex("01 46 03 495349 04 41525041 00"));
  EXPECT_EQ(hex(name_of(".").wire()), "00");
}

TEST(Rfc1035Section31, ANameOf256OctetsIsNoQuestion) {
  Octets packet = octets("1234 0000 0001 0000 0000 0000");
  for (int i = 0; i < 4; ++i) {  // 3 * 64 + 63 octets and the root's: 256
    const std::uint8_t size = i < 3 ? 63 : 62;
    packet.push_back(size);
    packet.insert(packet.end(), size, 'x');
  }
  for (const std::uint8_t octet : octets("00 0001 0001")) packet.push_back(octet);
  EXPECT_EQ(to_text(Server("").ask(packet)), "FORMERR\n");
}

}  // namespace
}  // namespace rollcall::rfc
