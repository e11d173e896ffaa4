#include "state/sealed_text.hpp"

#include <gtest/gtest.h>

namespace rollcall::state {
namespace {

const std::string kBody = "example.com. 128\nexample.org. 5\n";

std::string error_of(std::string_view text) {
  const auto unsealed = unseal("serials", text);
  return unsealed ? "none" : unsealed.error().message;
}

TEST(SealedText, GivesBackWhatWasSealed) {
  for (const std::string& body : {std::string(), kBody, std::string("end 3 00000000\n")}) {
    const std::string text = seal("serials", 17, body);
    EXPECT_TRUE(has_sealed_head("serials", text));
    const auto unsealed = unseal("serials", text);
    ASSERT_TRUE(unsealed) << unsealed.error().message;
    EXPECT_EQ(unsealed->body, body);
    EXPECT_EQ(unsealed->number, 17U);
  }
}

TEST(SealedText, EveryCutIsNoticed) {
  const std::string text = seal("serials", 17, kBody);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(error_of(text.substr(0, size)), "none") << size;
  }
  EXPECT_EQ(error_of(""), "empty");
  EXPECT_EQ(error_of(text.substr(0, text.rfind("end"))), "no end mark: truncated");
  EXPECT_NE(error_of(text + "x\n"), "none");
}

TEST(SealedText, EveryChangedOctetIsNoticed) {
  const std::string text = seal("serials", 17, kBody);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char bit : {1, 2, 4, 8, 16, 32, 64}) {
      std::string other = text;
      other[at] = static_cast<char>(other[at] ^ bit);
      EXPECT_NE(error_of(other), "none") << at << " " << int{bit};
    }
  }
}

TEST(SealedText, BelongsToItsFile) {
  EXPECT_EQ(error_of(seal("overrides", 1, "")), "its first line is not \"serials 2\"");
  EXPECT_FALSE(has_sealed_head("serials", "example.com. 128\n"));
}

}  // namespace
}  // namespace rollcall::state
