#include "setup/zone_pools.hpp"

#include <gmock/gmock.h>

namespace rollcall::setup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

dns::Name name_of(const std::string& text) {
  return dns::Name::parse(text).value();
}

TEST(ZonePools, APoolBelongsToTheMostSpecificZone) {
  const auto parsed = config::parse_options(R"(zones: {a.org: {file: a}, B.a.org: {file: b}}
checks: {web: {type: http, host: a.org}}
pools:
  www.a.org: {check: web}
  WWW.b.A.org: {check: web}
  b.a.org: {check: web, records: MX}
  "*.a.org": {check: web}
)",
                                            "r.yaml", nullptr);
  ASSERT_TRUE(parsed.options);
  const ZonePools pools(*parsed.options);
  EXPECT_THAT(pools.names(name_of("a.org")), ElementsAre(name_of("www.a.org"), name_of("*.a.org")));
  EXPECT_THAT(pools.names(name_of("b.a.org")), ElementsAre(name_of("www.b.a.org")));
  EXPECT_THAT(pools.names(name_of("b.a.org"), pool::PoolRecords::mx),
              ElementsAre(name_of("b.a.org")));
  EXPECT_THAT(pools.names(name_of("c.org")), IsEmpty());
  EXPECT_EQ(pools.of(name_of("b.a.org")).size(), 2U);
}

TEST(ZonePools, AZoneIsFoundFromAnyNameInIt) {
  const auto parsed =
      config::parse_options("zones: {a.org: {file: a}, b.a.org: {file: b}}\n", "r.yaml", nullptr);
  ASSERT_TRUE(parsed.options);
  const ZonePools pools(*parsed.options);
  const auto origin = [&](const std::string& name) {
    const zone::ZoneSpec* zone = pools.zone_of(name_of(name));
    return zone == nullptr ? "" : zone->origin.to_display();
  };
  EXPECT_EQ(origin("a.org"), "a.org");
  EXPECT_EQ(origin("x.y.A.ORG"), "a.org");
  EXPECT_EQ(origin("x.b.a.org"), "b.a.org");
  EXPECT_EQ(origin("org"), "");
  EXPECT_EQ(origin("."), "");
}

}  // namespace
}  // namespace rollcall::setup
