#include "state/copy_text.hpp"

#include <gtest/gtest.h>

namespace rollcall::state {
namespace {

CopyHead head() {
  return {.origin = *dns::Name::parse("Example.com"),
          .saved = WallTime(std::chrono::milliseconds(1'700'000'000'000)),
          .parts = 2,
          .octets = 17,
          .digest = copy_digest("example.com.", "body")};
}

TEST(CopyText, AHeadIsReadAsItWasWritten) {
  std::string line = format_copy_head(head());
  ASSERT_TRUE(line.ends_with('\n'));
  line.pop_back();
  const auto read = parse_copy_head(line);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->origin.to_text(), "example.com.");
  EXPECT_EQ(read->saved, head().saved);
  EXPECT_EQ(read->parts, 2U);
  EXPECT_EQ(read->octets, 17U);
  EXPECT_EQ(read->digest, head().digest);
}

TEST(CopyText, ADamagedHeadIsNoHead) {
  std::string line = format_copy_head(head());
  line.pop_back();
  for (std::size_t at = 0; at < line.size(); ++at) {
    std::string bad = line;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(parse_copy_head(bad)) << at;
    EXPECT_FALSE(parse_copy_head(line.substr(0, at))) << at;
  }
}

TEST(CopyText, ABodyHasItsPartsAndNothingElse) {
  const ZoneTexts texts{{{"", "$INCLUDE a\n"}, {"a", "@ A 192.0.2.1\n"}}};
  const std::string body = format_copy_body(texts);
  const auto read = parse_copy_body(body, 2);
  ASSERT_TRUE(read);
  EXPECT_EQ(format_copy_body(*read), body);
  EXPECT_FALSE(parse_copy_body(body, 1));
  EXPECT_FALSE(parse_copy_body(body, 3));
  EXPECT_FALSE(parse_copy_body(body + "x", 2));
  EXPECT_FALSE(parse_copy_body("18446744073709551615 2\nab", 1));
}

}  // namespace
}  // namespace rollcall::state
