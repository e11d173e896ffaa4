/// RFC 4035 section 3.1.6, "The AD and CD Bits in an Authoritative Response": CD is copied; AD is
/// set for authenticated data only.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4035Section316, CdIsCopiedAndAdIsNot) {
  const auto flags = [](std::uint16_t asked) {
    return Server("").ask({.name = "ns.example.com", .flags = asked}).flags;
  };
  EXPECT_EQ(flags(0x0010), 0x8410);
  EXPECT_EQ(flags(0x0020), 0x8400);
}

}  // namespace
}  // namespace rollcall::rfc
