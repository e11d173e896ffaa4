#include "config/pool_needs.hpp"

#include <gmock/gmock.h>

#include "config/messages.hpp"

namespace rollcall::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST(PoolNeeds, RestartDelayAndNeedsAreRead) {
  const ParsedOptions parsed = parse(R"(zones: {mydomain.com: {file: db}}
checks: {web: {type: http}}
pools:
  www.mydomain.com: {check: web, restart_delay: 20s, needs: [db.mydomain.com]}
  db.mydomain.com: {check: web}
)");
  ASSERT_TRUE(parsed.options);
  const pool::PoolSpec& www = parsed.options->pools.at(0);
  EXPECT_EQ(www.restart_delay, 20s);
  EXPECT_THAT(www.needs, ElementsAre(*dns::Name::parse("db.mydomain.com")));
  EXPECT_EQ(parsed.options->pools.at(1).restart_delay, std::nullopt);
  EXPECT_THAT(parsed.options->pools.at(1).needs, IsEmpty());
}

TEST(PoolNeeds, NamesOtherPoolsOnceEach) {
  EXPECT_THAT(
      messages_after_check(R"(pools:
  a.mydomain.com: {check: web, needs: [bb.mydomain.com]}
  b.mydomain.com: {check: web, needs: [b.mydomain.com]}
  c.mydomain.com: {check: web, needs: []}
  d.mydomain.com: {check: web, needs: [b.mydomain.com, B.mydomain.com.]}
  e.mydomain.com: {check: web, needs: b.mydomain.com, restart_delay: 2 s}
)"),
      ElementsAre(
          R"(r.yaml:4:3: error: pool a.mydomain.com needs bb.mydomain.com, which is no pool, did you mean "b.mydomain.com"?)",
          "r.yaml:5:3: error: pool b.mydomain.com cannot need itself",
          "r.yaml:6:39: error: pools.c.mydomain.com.needs must name at least one pool",
          "r.yaml:7:56: error: pools.d.mydomain.com.needs names B.mydomain.com twice",
          "r.yaml:8:39: error: pools.e.mydomain.com.needs must be a list, not a single value",
          R"(r.yaml:8:70: error: pools.e.mydomain.com.restart_delay must be a duration such as 500ms, 5s or 10m, not "2 s")"));
}

}  // namespace
}  // namespace rollcall::config
