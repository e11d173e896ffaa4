#include "dns/encoding.hpp"

#include <gtest/gtest.h>

#include "core/random.hpp"

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

}  // namespace
}  // namespace rollcall::dns
