/// RFC 1995 section 6, "Optional Condensation of Multiple Versions": what was added and removed
/// between two versions need not be told.
#include <gtest/gtest.h>

#include "edit/journal.hpp"

namespace rollcall::rfc {
namespace {

/// The example of section 7: JAIN-BB's addresses at serials 1, 2 and 3.
TEST(Rfc1995Section6, TheExampleInOneDifference) {
  const auto record = [](const char* owner, std::uint8_t a, std::uint8_t b, std::uint8_t c,
                         std::uint8_t d) {
    return edit::EditRecord{*dns::Name::parse(owner), dns::Type::A, 60, {a, b, c, d}};
  };
  const auto neptune = record("nezu.jain.ad.jp", 133, 69, 136, 5);
  const auto old_address = record("jain-bb.jain.ad.jp", 133, 69, 136, 4);
  const auto kept = record("jain-bb.jain.ad.jp", 192, 41, 197, 2);
  const auto new_address = record("jain-bb.jain.ad.jp", 133, 69, 136, 3);
  edit::Journal journal(1);
  journal.append(2, {.remove = {neptune}, .add = {old_address, kept}});
  journal.append(3, {.remove = {old_address}, .add = {new_address}});
  const edit::JournalEntry all = edit::condensed(*journal.since(1));
  EXPECT_EQ(all.from, 1U);
  EXPECT_EQ(all.to, 3U);
  EXPECT_EQ(all.changes.remove, (std::vector{neptune}));
  EXPECT_EQ(all.changes.add, (std::vector{new_address, kept}));
}

}  // namespace
}  // namespace rollcall::rfc
