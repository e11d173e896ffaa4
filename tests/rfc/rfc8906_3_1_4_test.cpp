/// RFC 8906 section 3.1.4, "Unknown DNS Opcodes": NOTIMP, whatever the message holds behind its
/// header.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8906Section314, EveryOpcodeButQueryIsNotImplemented) {
  for (std::uint16_t opcode = 1; opcode < 16; ++opcode) {
    const auto flags = static_cast<std::uint16_t>(opcode << 11);
    Octets packet = octets("1234 0000 0000 0000 0000 0000");
    store_u16(packet.data() + 2, flags);
    const Octets reply = Server("").reply(packet);
    ASSERT_EQ(reply.size(), 12U);
    EXPECT_EQ(load_u16(reply.data() + 2), 0x8004 | flags);
    EXPECT_EQ(Server("").ask({.name = "example.com", .flags = flags}).rcode,
              unsigned(Rcode::notimp));
  }
}

}  // namespace
}  // namespace rollcall::rfc
