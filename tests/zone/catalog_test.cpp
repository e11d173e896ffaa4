#include "zone/catalog.hpp"

#include <gtest/gtest.h>

#include <string>

#include "zone_text.hpp"

namespace rollcall::zone {
namespace {

std::string origin_of(int number) {
  return "z" + std::to_string(number) + (number % 3 == 0 ? ".deep.example" : ".example");
}

/// More zones than a page has entries.
Catalog many_zones(int count) {
  std::vector<CatalogEntry> entries;
  for (int i = 0; i < count; ++i) entries.push_back({.origin = name_of(origin_of(i))});
  return Catalog(std::move(entries));
}

const CatalogEntry* find(const Catalog& catalog, std::string_view text) {
  dns::QueryName name;
  name.assign(name_of(text).wire());
  return catalog.find(name);
}

TEST(Catalog, FindsTheClosestZone) {
  const Catalog catalog = many_zones(100);
  EXPECT_EQ(catalog.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    const CatalogEntry* const entry = find(catalog, "a.B." + origin_of(i));
    ASSERT_NE(entry, nullptr) << i;
    EXPECT_EQ(entry->origin.name(), name_of(origin_of(i)));
    EXPECT_EQ(catalog.place_of(name_of(origin_of(i))), static_cast<std::size_t>(i));
    EXPECT_EQ(&catalog.entry(static_cast<std::size_t>(i)), entry);
  }
  EXPECT_EQ(find(catalog, "z100.example"), nullptr);
  EXPECT_EQ(find(catalog, "example"), nullptr);
  EXPECT_EQ(catalog.place_of(name_of("a.z1.example")), std::nullopt);
  EXPECT_EQ(find(Catalog(), "z1.example"), nullptr);
}

TEST(Catalog, AnotherVersionOfOneZoneSharesTheOtherPages) {
  const Catalog before = many_zones(100);
  const auto zone = load_tail("").zone;
  const std::size_t place = *before.place_of(name_of(origin_of(40)));
  const Catalog after = before.with(place, zone);
  EXPECT_EQ(find(after, origin_of(40))->zone, zone);
  EXPECT_EQ(find(before, origin_of(40))->zone, nullptr) << "its readers go on with the old one";
  EXPECT_EQ(find(after, origin_of(41))->zone, nullptr);
  EXPECT_EQ(&after.entry(0), &before.entry(0));
  EXPECT_EQ(&after.entry(99), &before.entry(99));
  EXPECT_NE(&after.entry(32), &before.entry(32));
}

}  // namespace
}  // namespace rollcall::zone
