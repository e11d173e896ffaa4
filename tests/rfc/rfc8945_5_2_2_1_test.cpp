/// RFC 8945 section 5.2.2.1, "MAC Truncation": a MAC may be cut, but not below half of the hash nor
/// below ten octets; such a size, and one above that of the hash, is FORMERR.
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

std::size_t mac_size(dns::TsigAlgorithm algorithm) {
  switch (algorithm) {
    case dns::TsigAlgorithm::hmac_sha512:
      return 64;
    case dns::TsigAlgorithm::hmac_sha384:
      return 48;
    case dns::TsigAlgorithm::hmac_sha1:
      return 20;
    case dns::TsigAlgorithm::hmac_md5:
      return 16;
    default:
      return 32;
  }
}

/// A request signed with `key`, whose MAC has `size` octets.
Octets with_mac_of(std::size_t size, const dns::TsigKey& key = sample_key()) {
  Octets request = signed_request(key);
  const std::size_t tsig = 12 + 13 + 4;
  const std::size_t rdata_size_at = tsig + key.name.size() + 8;
  const std::size_t whole = mac_size(key.algorithm);
  const std::size_t mac_size_at = request.size() - 6 - whole - 2;
  const auto mac_end = request.end() - 6;
  if (size < whole) {
    request.erase(mac_end - static_cast<std::ptrdiff_t>(whole - size), mac_end);
  } else {
    request.insert(mac_end, size - whole, 0);
  }
  store_u16(request.data() + mac_size_at, static_cast<std::uint16_t>(size));
  store_u16(request.data() + rdata_size_at,
            static_cast<std::uint16_t>(load_u16(request.data() + rdata_size_at) + size - whole));
  return request;
}

unsigned rcode_of(std::size_t size, dns::TsigAlgorithm algorithm) {
  dns::TsigKey key = sample_key();
  key.algorithm = algorithm;
  return signed_server(key).ask(with_mac_of(size, key)).rcode;
}

constexpr auto kGood = static_cast<unsigned>(Rcode::noerror);
constexpr auto kMalformed = static_cast<unsigned>(Rcode::formerr);

TEST(Rfc8945Section5221, FromHalfOfTheHashOn) {
  using enum dns::TsigAlgorithm;
  EXPECT_EQ(rcode_of(32, hmac_sha256), kGood);
  EXPECT_EQ(rcode_of(31, hmac_sha256), kGood);
  EXPECT_EQ(rcode_of(16, hmac_sha256), kGood);
  EXPECT_EQ(rcode_of(15, hmac_sha256), kMalformed);
  EXPECT_EQ(rcode_of(24, hmac_sha384), kGood);
  EXPECT_EQ(rcode_of(23, hmac_sha384), kMalformed);
  EXPECT_EQ(rcode_of(32, hmac_sha512), kGood);
  EXPECT_EQ(rcode_of(31, hmac_sha512), kMalformed);
}

TEST(Rfc8945Section5221, TenOctetsAtLeast) {
  EXPECT_EQ(rcode_of(10, dns::TsigAlgorithm::hmac_sha1), kGood);
  EXPECT_EQ(rcode_of(9, dns::TsigAlgorithm::hmac_sha1), kMalformed);
  EXPECT_EQ(rcode_of(10, dns::TsigAlgorithm::hmac_md5), kGood);
  EXPECT_EQ(rcode_of(8, dns::TsigAlgorithm::hmac_md5), kMalformed);
}

TEST(Rfc8945Section5221, NotMoreThanTheHash) {
  EXPECT_EQ(rcode_of(33, dns::TsigAlgorithm::hmac_sha256), kMalformed);
  EXPECT_EQ(rcode_of(0, dns::TsigAlgorithm::hmac_sha256), kMalformed);
}

TEST(Rfc8945Section5221, ACutMacThatIsWrongIsBadsig) {
  dns::TsigKey other = sample_key();
  other.secret[0] ^= 1;
  EXPECT_EQ(tsig_tail(signed_server().reply(with_mac_of(16, other))), hex("1234 0010 0000"));
}

/// What is digested before the response is the MAC as the request had it (section 4.3.1).
TEST(Rfc8945Section5221, TheResponseIsSignedOverTheCutMac) {
  const Octets whole = signed_server().reply(signed_request());
  const Octets cut = signed_server().reply(with_mac_of(16));
  EXPECT_EQ(whole.size(), cut.size());
  EXPECT_NE(hex(whole), hex(cut));
}

}  // namespace
}  // namespace rollcall::rfc
