#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(HealthSection, Guard) {
  const ParsedOptions parsed = parse(R"(zones: {a.b: {file: x}}
checks: {gateway: {type: tcp, port: 22, interval: 5s}}
health:
  witnesses:
    - {address: 192.0.2.1, check: gateway}
    - {address: "2001:db8::1", check: gateway}
  max_drop: 40%
  max_drop_from: 20
  max_probes: 5000
  max_programs: 40
  max_wires: 100000
)");
  EXPECT_THAT(lines_of(parsed.diagnostics), IsEmpty()) << "the check is used";
  ASSERT_TRUE(parsed.options);
  const pool::GuardSpec& guard = parsed.options->health.guard;
  ASSERT_THAT(guard.witnesses, SizeIs(2));
  EXPECT_EQ(guard.witnesses[1].address, *IpAddress::parse("2001:db8::1"));
  EXPECT_EQ(guard.witnesses[1].check.port, 22);
  EXPECT_EQ(guard.max_drop, 40U);
  EXPECT_EQ(guard.max_drop_from, 20U);
  EXPECT_EQ(parsed.options->health.max_probes, 5000U);
  EXPECT_EQ(parsed.options->health.max_programs, 40U);
  EXPECT_EQ(parsed.options->health.max_wires, 100'000U);
  ASSERT_THAT(parsed.options->health.witness_places, SizeIs(2));
  EXPECT_EQ(parsed.options->health.witness_places[1].line, 6U);
}

TEST(HealthSection, Defaults) {
  const ParsedOptions parsed = parse("zones: {a.b: {file: x}}");
  ASSERT_TRUE(parsed.options);
  EXPECT_FALSE(parsed.options->health.observe_only);
  EXPECT_EQ(parsed.options->health.max_probes, 1000U);
  EXPECT_EQ(parsed.options->health.max_programs, 16U);
  EXPECT_EQ(parsed.options->health.max_wires, 10'000U);
  EXPECT_EQ(parsed.options->health.guard, pool::GuardSpec{});
}

TEST(HealthSection, IsChecked) {
  EXPECT_THAT(
      messages_after_zone(R"(checks: {web: {type: http}}
health:
  max_drop: half
  max_drop_from: 0
  max_programs: 1001
  witnesses:
    - {address: 192.0.2.1}
    - {address: gateway, check: web}
    - {address: 192.0.2.1, check: wbe}
    - {address: 192.0.2.1, check: web}
    - {address: 192.0.2.1, check: web}
)"),
      ElementsAre(
          R"(r.yaml:4:13: error: health.max_drop must be a share from 0% to 100%, such as 30%, not "half")",
          testing::StartsWith("r.yaml:5:18: error: health.max_drop_from must be "),
          testing::StartsWith("r.yaml:6:17: error: health.max_programs must be "),
          testing::HasSubstr(R"(needs the key "check")"),
          R"(r.yaml:9:17: error: "gateway" is not an IP address)",
          testing::HasSubstr(
              R"(names the check "wbe", which is not in checks, did you mean "web"?)"),
          testing::HasSubstr("names 192.0.2.1 twice")));
}

}  // namespace
}  // namespace rollcall::config
