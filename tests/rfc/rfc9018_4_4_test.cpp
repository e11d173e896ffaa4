/// RFC 9018 section 4.4, "The Hash Sub-Field": SipHash-2-4 of client cookie, version, reserved,
/// timestamp and address under the shared secret.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9018Section44, SipHashsOwnVectors) {
  answer::CookieSecret key;
  Octets data;
  for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
  for (std::uint8_t i = 0; i < 15; ++i) data.push_back(i);
  EXPECT_EQ(answer::siphash24(key, {}), 0x726fdb47dd0e0e31ULL);
  EXPECT_EQ(answer::siphash24(key, data), 0xa129ca6149be45e5ULL);
}

TEST(Rfc9018Section44, EveryPartOfItsInputCounts) {
  const Octets client = octets("0102030405060708");
  const answer::ServerCookie cookie =
      answer::make_server_cookie(client, kClient.octets(), kNow, {});
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    answer::ServerCookie other = cookie;
    other[i] ^= 1;
    EXPECT_FALSE(answer::valid_server_cookie(client, other, kClient.octets(), kNow, {})) << i;
  }
  EXPECT_FALSE(
      answer::valid_server_cookie(octets("0102030405060709"), cookie, kClient.octets(), kNow, {}));
  EXPECT_FALSE(answer::valid_server_cookie(client, cookie, octets("c6336465"), kNow, {}));
  EXPECT_FALSE(answer::valid_server_cookie(client, cookie, kClient.octets(), kNow, {1}));
}

}  // namespace
}  // namespace rollcall::rfc
