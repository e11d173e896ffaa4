/// RFC 9018 section 4, "Constructing a Server Cookie": version 1, three reserved octets, a
/// timestamp, a hash of eight octets.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9018Section4, TheFieldsOfAServerCookie) {
  const answer::ServerCookie cookie = answer::make_server_cookie(
      octets("0102030405060708"), kClient.octets(), WallTime(std::chrono::seconds(0x5cf79f11)), {});
  EXPECT_EQ(hex(Bytes(cookie).first(8)), hex("01 000000 5cf79f11"));
  EXPECT_EQ(cookie.size(), 16U);
}

}  // namespace
}  // namespace rollcall::rfc
