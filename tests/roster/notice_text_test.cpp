/// What notices are in English: one of each kind, as people read it.
#include <gtest/gtest.h>

#include "pool/notice.hpp"
#include "stage.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;

struct Row {
  Notice notice;
  const char* subject;
  const char* detail;
};

const dns::Name kPool = name_of("www.example.com");
const IpAddress kMember = address_of("192.0.2.1");

void expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(subject_of(row.notice), row.subject);
    EXPECT_EQ(detail_of(row.notice), row.detail);
  }
}

TEST(NoticeText, OfMembers) {
  PoolCount count{.min_healthy = 60};
  count.of[PoolCount::usable] = 1;
  count.of[PoolCount::down] = 2;
  count.of[PoolCount::drained] = 1;
  expect({
      {{.kind = NoticeKind::dropped,
        .name = kPool,
        .member = kMember,
        .reason = "refused",
        .facts = MemberFacts{.fate = Fate::left_out}},
       "www.example.com: 192.0.2.1 is down: refused",
       "it is left out of the answers"},
      {{.kind = NoticeKind::dropped,
        .name = kPool,
        .member = kMember,
        .exchange = "mx1.example.com",
        .reason = "refused",
        .facts = MemberFacts{.fate = Fate::pool_all_down, .pool = count}},
       "www.example.com: mx1.example.com (192.0.2.1) is down: refused",
       "too few usable members: 1 of 3 is up, 60 % are needed"},
      {{.kind = NoticeKind::dropped,
        .name = kPool,
        .member = kMember,
        .reason = "refused",
        .facts = MemberFacts{.fate = Fate::would_leave, .service = "apache"}},
       "www.example.com: 192.0.2.1 is down: refused",
       "observe_only: it would be left out, and its agent asked to restart apache"},
      {{.kind = NoticeKind::returned,
        .name = kPool,
        .member = kMember,
        .facts = MemberFacts{.fate = Fate::damped, .left = 599500ms}},
       "www.example.com: 192.0.2.1 is up again",
       "it is kept back for 10m: it went down too often"},
      {{.kind = NoticeKind::returned,
        .name = kPool,
        .member = kMember,
        .facts = MemberFacts{.fate = Fate::released}},
       "www.example.com: 192.0.2.1 is kept back no longer",
       ""},
      {{.kind = NoticeKind::degraded,
        .name = kPool,
        .member = kMember,
        .reason = "slow",
        .facts = MemberFacts{}},
       "www.example.com: 192.0.2.1 is degraded: slow",
       "it is still answered"},
  });
}

TEST(NoticeText, OfPools) {
  PoolCount count{.primaries = 3, .primaries_up = 1};
  count.of[PoolCount::drained] = 1;
  count.of[PoolCount::down] = 2;
  count.some_drained = true;
  expect({
      {{.kind = NoticeKind::all_down, .name = kPool, .facts = PoolFacts{.pool = count}},
       "www.example.com: no usable member: 1 drained, 2 down; returning all but the drained "
       "(fail_open)",
       ""},
      {{.kind = NoticeKind::not_all_down, .name = kPool, .facts = PoolFacts{}},
       "www.example.com: at least one member is up again",
       ""},
      {{.kind = NoticeKind::backup_took_over, .name = kPool, .facts = PoolFacts{.pool = count}},
       "www.example.com: the backup tier takes over: 1 of 3 primary members is usable",
       ""},
  });
}

TEST(NoticeText, OfOperatorsAndAgents) {
  expect({
      {{.kind = NoticeKind::override_set,
        .name = kPool,
        .reason = "disk",
        .actor = "alice (uid 1000)",
        .facts = OverrideFacts{.kind = OverrideKind::drained,
                               .members = {"192.0.2.1", "192.0.2.2"},
                               .lasts = 30min}},
       "www.example.com: 192.0.2.1, 192.0.2.2 are drained by alice (uid 1000) for 30m: disk",
       ""},
      {{.kind = NoticeKind::override_ended,
        .name = kPool,
        .facts = OverrideFacts{.kind = OverrideKind::drained,
                               .cause = OverrideFacts::Cause::gone,
                               .members = {"192.0.2.1"}}},
       "www.example.com: 192.0.2.1 was drained, and is no longer a member",
       ""},
      {{.kind = NoticeKind::normal_on, .facts = NormalFacts{.lasts = 1h}},
       "normal is on for 1h, by an operator",
       "everything in the zone files is answered, whatever the probes say"},
      {{.kind = NoticeKind::restart_failed,
        .name = kPool,
        .member = kMember,
        .reason = "timed out",
        .facts = RestartFacts{.service = "apache"}},
       "restart of apache on 192.0.2.1 failed",
       "timed out"},
      {{.kind = NoticeKind::restart_failed,
        .member = kMember,
        .facts = RestartFacts{.service = "apache",
                              .refusal = RestartFacts::Refusal::pool_is_busy,
                              .busy = kPool}},
       "restart of apache on 192.0.2.1 refused: pool www.example.com has a restart under way",
       ""},
  });
}

TEST(NoticeText, OfTheGuardAndZones) {
  expect({
      {{.kind = NoticeKind::frozen, .facts = FreezeFacts{Isolation::mass_drop, 5, 8, 10s, 0}},
       "answers are frozen: 5 of 8 members went down within 10s",
       "answers stay unchanged until an operator runs \"rollcallctl thaw\""},
      {{.kind = NoticeKind::thawed,
        .member = kMember,
        .facts = ThawFacts{ThawFacts::Cause::witness, 2, true}},
       "answers follow the probes again: the witness 192.0.2.1 responds",
       "2 members count as up until probed"},
      {{.kind = NoticeKind::witness_silent,
        .member = kMember,
        .reason = "timed out",
        .facts = WitnessFacts{"ping", false, true}},
       "the witness 192.0.2.1 (check ping) has never answered: timed out",
       "No witness has answered yet: until one does, max_drop alone guards the answers, and no "
       "restart is asked for"},
      {{.kind = NoticeKind::zone_served,
        .name = name_of("example.com"),
        .facts = ZoneFacts{ZoneFacts::Served::first, 7, 1}},
       "zone example.com: served, serial 7, 1 record",
       ""},
      {{.kind = NoticeKind::secondary_ahead,
        .name = name_of("example.com"),
        .facts = SecondaryFacts{{kMember, 53}, 9, 7, 10}},
       "zone example.com: 192.0.2.1:53 holds serial 9, which is ahead of ours, 7: the next is 10",
       ""},
  });
}

TEST(NoticeFields, CarryTheNumbers) {
  const Notice frozen{.kind = NoticeKind::frozen,
                      .facts = FreezeFacts{Isolation::mass_drop, 5, 8, 10s, 0}};
  const Fields fields = fields_of(frozen);
  const auto of = [&](std::string_view key) {
    for (const auto& [name, value] : fields) {
      if (name == key) return value;
    }
    return FieldValue(false);
  };
  EXPECT_EQ(of("why"), FieldValue(std::string("mass_drop")));
  EXPECT_EQ(of("fallen"), FieldValue(std::int64_t{5}));
  EXPECT_EQ(of("window_ms"), FieldValue(std::int64_t{10'000}));
}

}  // namespace
}  // namespace rollcall::roster
