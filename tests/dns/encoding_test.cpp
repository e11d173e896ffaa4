#include "dns/encoding.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "core/random.hpp"
#include "dns/rdata_words.hpp"

namespace rollcall::dns {
namespace {

using Octets = std::vector<std::uint8_t>;
using Decode = bool (*)(std::string_view, std::vector<std::uint8_t>&);

TEST(Encoding, Base64HasTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(plain)), text);
    Octets out;
    ASSERT_TRUE(from_base64(text, out)) << text;
    EXPECT_EQ(as_text(out), plain);
  }
}

TEST(Encoding, Base32HexHasTheVectorsOfRfc4648WithoutPadding) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "CO"},
                                                         {"fo", "CPNG"},
                                                         {"foo", "CPNMU"},
                                                         {"foob", "CPNMUOG"},
                                                         {"fooba", "CPNMUOJ1"},
                                                         {"foobar", "CPNMUOJ1E8"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(to_base32hex(as_bytes(plain)), text);
    Octets out;
    ASSERT_TRUE(from_base32hex(text, out)) << text;
    EXPECT_EQ(as_text(out), plain);
  }
}

TEST(Encoding, HexTakesEitherCase) {
  Octets out;
  ASSERT_TRUE(from_hex("00fFaB", out));
  EXPECT_EQ(out, (Octets{0, 255, 171}));
  EXPECT_EQ(to_hex(out), "00FFAB");
}

TEST(Encoding, WhatIsReadBackIsWhatWasWritten) {
  Random random(7);
  for (int round = 0; round < 500; ++round) {
    Octets octets(random.below(70));
    for (std::uint8_t& octet : octets) octet = static_cast<std::uint8_t>(random.next());
    Octets hex, base64, base32;
    ASSERT_TRUE(from_hex(to_hex(octets), hex));
    ASSERT_TRUE(from_base64(to_base64(octets), base64));
    ASSERT_TRUE(from_base32hex(to_base32hex(octets), base32));
    EXPECT_EQ(hex, octets);
    EXPECT_EQ(base64, octets);
    EXPECT_EQ(base32, octets);
  }
}

TEST(Encoding, RefusesWhatIsNone) {
  const std::pair<Decode, const char*> wrong[] = {
      {from_hex, "0"},         {from_hex, "0g"},
      {from_hex, "0 "},        {from_base64, "Zg"},
      {from_base64, "Zg="},    {from_base64, "Z==="},
      {from_base64, "===="},   {from_base64, "Zh=="},
      {from_base64, "Zm9="},   {from_base64, "Zg==Zg=="},
      {from_base64, "Zm-v"},   {from_base32hex, "C"},
      {from_base32hex, "CP"},  {from_base32hex, "CW"},
      {from_base32hex, "CPN"}, {from_base32hex, "CO======"}};
  for (const auto& [decode, text] : wrong) {
    Octets out;
    EXPECT_FALSE(decode(text, out)) << text;
  }
}

TEST(Encoding, EscapesAreABackslashAndACharacterOrThreeDigits) {
  const auto read = [](std::string_view text) {
    std::size_t at = 0;
    const auto octet = read_escape(text, at);
    return octet ? std::optional(std::pair(*octet, at)) : std::nullopt;
  };
  EXPECT_EQ(read("\\.x"), std::pair(std::uint8_t{'.'}, std::size_t{2}));
  EXPECT_EQ(read("\\0325"), std::pair(std::uint8_t{32}, std::size_t{4}));
  EXPECT_EQ(read("\\255"), std::pair(std::uint8_t{255}, std::size_t{4}));
  for (const char* text : {"\\", "\\2", "\\25", "\\256", "\\2x5", "\\25x"}) {
    EXPECT_EQ(read(text), std::nullopt) << text;
  }
  std::string out;
  for (const std::uint8_t octet : {std::uint8_t{'a'}, std::uint8_t{'.'}, std::uint8_t{7},
                                   std::uint8_t{200}, std::uint8_t{0x7f}}) {
    append_escaped(out, octet, ".");
  }
  EXPECT_EQ(out, "a\\.\\007\\200\\127");
}

/// What inet_pton() says of the text.
std::optional<Octets> as_inet_pton(int family, const std::string& text) {
  Octets octets(family == AF_INET ? 4 : 16);
  if (inet_pton(family, text.c_str(), octets.data()) != 1) return std::nullopt;
  return octets;
}

TEST(Encoding, AddressesAreReadAsInetPtonReadsThem) {
  const std::array<std::string, 12> seeds{"192.0.2.1",
                                          "255.255.255.255",
                                          "0.0.0.0",
                                          "01.2.3.4",
                                          "::",
                                          "::1",
                                          "2001:db8::",
                                          "1:2:3:4:5:6:7:8",
                                          "1:2:3:4:5:6:7::",
                                          "::ffff:192.0.2.128",
                                          "fe80::1:2:3:4:5:6",
                                          "1:2:3:4:5:6:192.0.2.1"};
  constexpr std::string_view kLetters = "0123456789abcdefABF::::....g ";
  Random random(11);
  int good = 0;
  for (int round = 0; round < 300'000; ++round) {
    std::string text = seeds[random.below(seeds.size())];
    for (std::uint64_t changes = random.below(4); changes > 0; --changes) {
      const std::size_t at = random.below(text.size() + 1);
      const char letter = kLetters[random.below(kLetters.size())];
      if (random.below(3) == 0 && at < text.size()) {
        text.erase(at, 1);
      } else if (random.below(2) == 0 && at < text.size()) {
        text[at] = letter;
      } else {
        text.insert(at, 1, letter);
      }
    }
    std::array<std::uint8_t, 4> v4{};
    std::array<std::uint8_t, 16> v6{};
    const std::optional<Octets> expected4 = as_inet_pton(AF_INET, text);
    const std::optional<Octets> expected6 = as_inet_pton(AF_INET6, text);
    ASSERT_EQ(parse_ipv4(text, v4), expected4.has_value()) << text;
    ASSERT_EQ(parse_ipv6(text, v6), expected6.has_value()) << text;
    ASSERT_EQ(Octets(v4.begin(), v4.end()), expected4.value_or(Octets(v4.begin(), v4.end())));
    ASSERT_EQ(Octets(v6.begin(), v6.end()), expected6.value_or(Octets(v6.begin(), v6.end())));
    good += expected4 || expected6;
  }
  EXPECT_GT(good, 50'000);
}

}  // namespace
}  // namespace rollcall::dns
