#include "answer/cookie.hpp"

#include <gtest/gtest.h>

#include "core/ip_address.hpp"

namespace rollcall::answer {
namespace {

/// The worked example of RFC 9018 appendix A.1.
struct Example {
  CookieSecret secret{0xe5, 0xe9, 0x73, 0xe5, 0xa6, 0xb2, 0xa4, 0x3f,
                      0x48, 0xe7, 0xdc, 0x84, 0x9e, 0x37, 0xbf, 0xcf};
  std::array<std::uint8_t, 8> client{0x24, 0x64, 0xc4, 0xab, 0xcf, 0x10, 0xc9, 0x57};
  IpAddress address = *IpAddress::parse("198.51.100.100");
  WallTime now{std::chrono::seconds(1559731985)};
  ServerCookie server{0x01, 0x00, 0x00, 0x00, 0x5c, 0xf7, 0x9f, 0x11,
                      0x1f, 0x81, 0x30, 0xc3, 0xee, 0xe2, 0x94, 0x80};
};

TEST(SipHash, GivesItsAuthorsFirstVectors) {
  CookieSecret key;
  for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
  EXPECT_EQ(siphash24(key, {}), 0x726fdb47dd0e0e31ULL);
  const std::array<std::uint8_t, 8> data{0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(siphash24(key, Bytes(data).first(1)), 0x74f839c593dc67fdULL);
  EXPECT_EQ(siphash24(key, data), 0x93f5f5799a932462ULL);
}

TEST(ServerCookie, IsTheOneOfTheRfc) {
  const Example e;
  EXPECT_EQ(make_server_cookie(e.client, e.address.octets(), e.now, e.secret), e.server);
}

TEST(ServerCookie, IsValidForAnHourAndForNobodyElse) {
  using namespace std::chrono_literals;
  const Example e;
  const auto valid = [&](WallTime now, const char* address = "198.51.100.100") {
    return valid_server_cookie(e.client, e.server, IpAddress::parse(address)->octets(), now,
                               e.secret);
  };
  EXPECT_TRUE(valid(e.now));
  EXPECT_TRUE(valid(e.now + 3600s));
  EXPECT_FALSE(valid(e.now + 3601s));
  EXPECT_TRUE(valid(e.now - 300s));
  EXPECT_FALSE(valid(e.now - 301s));
  EXPECT_FALSE(valid(e.now, "198.51.100.101"));
  ServerCookie other = e.server;
  other[15] ^= 1;
  EXPECT_FALSE(valid_server_cookie(e.client, other, e.address.octets(), e.now, e.secret));
  EXPECT_FALSE(
      valid_server_cookie(e.client, Bytes(e.server).first(8), e.address.octets(), e.now, e.secret));
}

}  // namespace
}  // namespace rollcall::answer
