/// Every sentence of notices, as people read it. Other tests compare the data.
#include <gtest/gtest.h>

#include "pool/notice.hpp"
#include "pool/pools.hpp"

namespace rollcall::pool {
namespace {

using namespace std::chrono_literals;

struct Sentence {
  Notice notice;
  const char* subject;
  const char* detail = "";
};

const dns::Name kPool = name_of("www.example.com");
const dns::Name kZone = name_of("example.com");
const IpAddress kMember = address_of("192.0.2.1");

void expect(const std::vector<Sentence>& rows) {
  for (const Sentence& row : rows) {
    EXPECT_EQ(subject_of(row.notice), row.subject);
    EXPECT_EQ(detail_of(row.notice), row.detail);
  }
}

PoolCount count(PoolCount pool,
                std::initializer_list<std::pair<PoolCount::Kind, std::size_t>> members) {
  for (const auto& [kind, number] : members) pool.of[kind] = number;
  return pool;
}

void expect_fates(NoticeKind kind, const std::string& reason, const char* subject,
                  const std::vector<std::pair<MemberFacts, const char*>>& rows) {
  for (const auto& [facts, detail] : rows) {
    expect({{{.kind = kind, .name = kPool, .member = kMember, .reason = reason, .facts = facts},
             subject,
             detail}});
  }
}

TEST(NoticeText, OfAMemberThatIsDown) {
  const PoolCount down = count({}, {{PoolCount::down, 2}});
  expect_fates(
      NoticeKind::dropped, "refused", "www.example.com: 192.0.2.1 is down: refused",
      {
          {{.fate = Fate::left_out}, "it is left out of the answers"},
          {{.fate = Fate::overridden, .override_kind = OverrideKind::forced_up},
           "override: forced-up"},
          {{.fate = Fate::normal}, "normal is on: it is still answered"},
          {{.fate = Fate::frozen}, "answers are frozen: they stay as they were"},
          {{.fate = Fate::would_answer}, "observe_only: it would still be answered"},
          {{.fate = Fate::would_leave}, "observe_only: it would be left out"},
          {{.fate = Fate::would_leave, .service = "apache"},
           "observe_only: it would be left out, and its agent asked to restart apache"},
          {{.fate = Fate::pool_all_down, .pool = down}, "no usable member: all 2 are down"},
          {{.fate = Fate::exchange_stays},
           "its exchange is still answered: another of its addresses is up"},
          {{.fate = Fate::too_few, .pool = {.when_all_down = WhenAllDown::fail_open}},
           "it is still answered: too few members of its type are up (fail_open)"},
      });
}

TEST(NoticeText, OfAMemberThatIsUpAgain) {
  expect_fates(
      NoticeKind::returned, "", "www.example.com: 192.0.2.1 is up again",
      {
          {{.fate = Fate::answered}, "it is answered again"},
          {{.fate = Fate::overridden, .override_kind = OverrideKind::drained}, "override: drained"},
          {{.fate = Fate::frozen}, "answers are frozen: they stay as they were"},
          {{.fate = Fate::would_answer}, "observe_only: it would be answered again"},
          {{.fate = Fate::would_leave}, "observe_only: it would still be left out"},
          {{.fate = Fate::damped, .left = 599500ms},
           "it is kept back for 10m: it went down too often"},
          {{.fate = Fate::waits, .left = 10min}, "it is kept back for 10m (failback)"},
          {{.fate = Fate::waits},
           "it is kept back until an operator sets it to auto (failback: manual)"},
          {{.fate = Fate::too_few}, "it is not answered: too few members are up"},
          {{.fate = Fate::not_needed, .tier = Tier::backup}, "it is a backup, and not needed now"},
      });
  expect_fates(NoticeKind::returned, "", "www.example.com: 192.0.2.1 is kept back no longer",
               {{{.fate = Fate::released}, ""}});
}

TEST(NoticeText, OfAMemberThatIsDegraded) {
  expect_fates(
      NoticeKind::degraded, "slow", "www.example.com: 192.0.2.1 is degraded: slow",
      {{{.fate = Fate::answered}, "it is still answered"}, {{.fate = Fate::left_out}, ""}});
  expect_fates(NoticeKind::not_degraded, "", "www.example.com: 192.0.2.1 is no longer degraded",
               {{{.fate = Fate::answered}, ""}});
}

TEST(NoticeText, NamesAnExchangeAndItsAddress) {
  const MemberFacts left_out{.fate = Fate::left_out};
  expect({
      {{.kind = NoticeKind::dropped,
        .name = kPool,
        .member = kMember,
        .exchange = "mx1.example.com",
        .reason = "refused",
        .facts = left_out},
       "www.example.com: mx1.example.com (192.0.2.1) is down: refused",
       "it is left out of the answers"},
      {{.kind = NoticeKind::dropped,
        .name = kPool,
        .exchange = "mx1.example.com",
        .reason = "refused",
        .facts = left_out},
       "www.example.com: mx1.example.com is down: refused",
       "it is left out of the answers"},
  });
}

TEST(NoticeText, OfPools) {
  const PoolCount primaries{.primaries = 3, .primaries_up = 1};
  const PoolFacts needy{.pool = {.min_healthy = 60}};
  const auto of_pool = [](NoticeKind kind, const PoolFacts& facts) {
    return Notice{.kind = kind, .name = kPool, .facts = facts};
  };
  expect({
      {of_pool(NoticeKind::all_down,
               {.pool = count({.some_drained = true},
                              {{PoolCount::drained, 1}, {PoolCount::down, 2}})}),
       "www.example.com: no usable member: 1 drained, 2 down; returning all but the drained "
       "(fail_open)"},
      {of_pool(NoticeKind::all_down, {.pool = count({}, {{PoolCount::down, 2}}), .normal = true}),
       "www.example.com: no usable member: all 2 are down; returning all (normal is on)"},
      {of_pool(NoticeKind::not_all_down, {}), "www.example.com: at least one member is up again"},
      {of_pool(NoticeKind::not_all_down, needy), "www.example.com: enough members are up again"},
      {of_pool(NoticeKind::backup_took_over, {.pool = primaries}),
       "www.example.com: the backup tier takes over: 1 of 3 primary members is usable"},
      {of_pool(NoticeKind::backup_took_over, {.pool = {.primaries = 3, .primaries_up = 2}}),
       "www.example.com: the backup tier takes over: 2 of 3 primary members are usable"},
      {of_pool(NoticeKind::backup_took_over, {.pool = {.primaries = 3}}),
       "www.example.com: the backup tier takes over: no primary member is usable"},
      {of_pool(NoticeKind::backup_gave_back, {.pool = primaries}),
       "www.example.com: the primary tier serves again instead of the backup tier"},
  });
}

TEST(NoticeText, WhyAPoolIsAllDown) {
  const PoolCount needy{.min_healthy = 60};
  const std::vector<std::pair<PoolCount, const char*>> rows{
      {{}, "no usable member"},
      {count({}, {{PoolCount::down, 1}}), "no usable member: the only one is down"},
      {count({}, {{PoolCount::forced_down, 2}}), "no usable member: all 2 are forced down"},
      {count({}, {{PoolCount::drained, 1}, {PoolCount::down, 2}, {PoolCount::kept_back, 1}}),
       "no usable member: 1 drained, 2 down, 1 kept back"},
      {count({}, {{PoolCount::usable, 2}}), "no usable member: all 2 are without a share"},
      {count(needy, {{PoolCount::drained, 1}, {PoolCount::down, 2}, {PoolCount::usable, 1}}),
       "too few usable members: 1 of 3 is up, 60 % are needed"},
      {count(needy, {{PoolCount::down, 2}, {PoolCount::usable, 2}}),
       "too few usable members: 2 of 4 are up, 60 % are needed"},
      {count(needy, {{PoolCount::down, 2}}), "no usable member: all 2 are down"},
  };
  for (const auto& [pool, text] : rows) EXPECT_EQ(why_all_down(pool), text);
}

TEST(NoticeText, WhatIsAnsweredThen) {
  const std::vector<std::pair<PoolCount, const char*>> rows{
      {{}, "returning all (fail_open)"},
      {{.some_drained = true}, "returning all but the drained (fail_open)"},
      {{.when_all_down = WhenAllDown::fail_closed}, "returning none (fail_closed)"},
      {{.when_all_down = WhenAllDown::fallback}, "returning the fallback"},
      {{.when_all_down = WhenAllDown::fallback, .observe_only = true},
       "returning all (observe_only, without it fallback)"},
  };
  for (const auto& [pool, text] : rows) EXPECT_EQ(answer_when_all_down(pool), text);
}

TEST(NoticeText, OfOverrides) {
  const auto set = [](const OverrideFacts& facts, const char* reason = "", const char* actor = "") {
    return Notice{.kind = NoticeKind::override_set,
                  .name = kPool,
                  .reason = reason,
                  .actor = actor,
                  .facts = facts};
  };
  using enum OverrideFacts::Cause;
  const std::vector<std::string> one{"192.0.2.1"};
  expect({
      {set({.kind = OverrideKind::drained, .members = {"192.0.2.1", "192.0.2.2"}, .lasts = 30min},
           "disk", "alice (uid 1000)"),
       "www.example.com: 192.0.2.1, 192.0.2.2 are drained by alice (uid 1000) for 30m: disk"},
      {set({.kind = OverrideKind::forced_down, .members = one}),
       "www.example.com: 192.0.2.1 is forced-down by an operator"},
      {set({.kind = OverrideKind::automatic, .members = one}),
       "www.example.com: 192.0.2.1 is set to auto again by an operator"},
      {set({.kind = OverrideKind::drained, .cause = time_is_up, .members = one}),
       "www.example.com: 192.0.2.1 is auto again: its override (drained) has expired"},
      {set({.kind = OverrideKind::drained, .cause = gone, .members = one}),
       "www.example.com: 192.0.2.1 was drained, and is no longer a member"},
  });
  EXPECT_EQ(joined({"1", "2", "3", "4", "5", "6", "7", "8"}), "1, 2, 3, 4, 5, 6, 7, 8");
  EXPECT_EQ(joined({"1", "2", "3", "4", "5", "6", "7", "8", "9"}),
            "1, 2, 3, 4, 5, 6, 7 and 2 more");
}

TEST(NoticeText, OfNormal) {
  const char* const on = "everything in the zone files is answered, whatever the probes say";
  const char* const off = "answers follow the probes and the overrides again";
  using enum NormalFacts::Cause;
  expect({
      {{.kind = NoticeKind::normal_on, .facts = NormalFacts{.lasts = 1h}},
       "normal is on for 1h, by an operator",
       on},
      {{.kind = NoticeKind::normal_on, .facts = NormalFacts{.cause = last_run}},
       "normal is still on from the last run",
       on},
      {{.kind = NoticeKind::normal_off, .actor = "alice", .facts = NormalFacts{}},
       "normal is off, by alice",
       off},
      {{.kind = NoticeKind::normal_off, .facts = NormalFacts{.cause = time_is_up}},
       "normal has ended: its time is up",
       off},
  });
}

TEST(NoticeText, OfRestarts) {
  const auto of_restart = [](NoticeKind kind, const char* reason, const char* actor,
                             RestartFacts facts = {.service = "apache"}) {
    return Notice{.kind = kind,
                  .name = kPool,
                  .member = kMember,
                  .reason = reason,
                  .actor = actor,
                  .facts = std::move(facts)};
  };
  using enum RestartFacts::Refusal;
  expect({
      {of_restart(NoticeKind::restart_asked, "", ""),
       "www.example.com: asking the agent of 192.0.2.1 to restart apache"},
      {of_restart(NoticeKind::restart_asked, "", "alice"),
       "www.example.com: asking the agent of 192.0.2.1 to restart apache, requested by alice"},
      {of_restart(NoticeKind::restart_done, "it took 0.1 s", ""),
       "restart of apache on 192.0.2.1 done", "it took 0.1 s"},
      {of_restart(NoticeKind::restart_failed, "timed out", ""),
       "restart of apache on 192.0.2.1 failed", "timed out"},
      {of_restart(NoticeKind::restart_failed, "exit status 1", "",
                  {.service = "apache", .unit = {.result = "exit-code", .journal = "no config\n"}}),
       "restart of apache on 192.0.2.1 failed",
       "exit status 1\nsystemd now: exit-code\nthe end of its journal:\n  no config\n"},
      {of_restart(NoticeKind::restart_failed, "", "",
                  {.service = "apache", .refusal = pool_is_busy, .busy = kPool}),
       "restart of apache on 192.0.2.1 refused: pool www.example.com has a restart under way"},
      {of_restart(NoticeKind::restart_failed, "", "", {.service = "apache", .refusal = no_member}),
       "restart of apache on 192.0.2.1 refused: the address is not a member of any pool"},
      {of_restart(NoticeKind::restart_waits, "", "",
                  {.service = "apache", .needs = name_of("db.example.com")}),
       "www.example.com: apache on 192.0.2.1 is not restarted: the pool needs db.example.com, "
       "which "
       "is down",
       "if it is still down when db.example.com is up again, it is restarted then"},
      {of_restart(NoticeKind::restart_given_up, "", "", {.service = "apache", .tries = 3}),
       "www.example.com: apache on 192.0.2.1 is restarted no more: 3 restarts have not helped",
       "a person has to look; \"rollcallctl restart 192.0.2.1 apache\" asks the agent again"},
  });
}

TEST(NoticeText, OfTheStopOfRestarts) {
  expect({
      {{.kind = NoticeKind::restarts_stopped, .facts = RestartFacts{.tries = 3}},
       "no service is restarted for 1h: the last 3 restarts have not helped",
       "\"rollcallctl thaw --restarts\" ends the stop before"},
      {{.kind = NoticeKind::restarts_go_on, .facts = RestartFacts{}},
       "services are restarted again: the time of the stop is up"},
      {{.kind = NoticeKind::restarts_go_on, .actor = "alice", .facts = RestartFacts{}},
       "services are restarted again: alice has ended the stop"},
  });
}

TEST(NoticeText, OfFreezesAndThaws) {
  const char* const until = "answers stay unchanged until an operator runs \"rollcallctl thaw\"";
  const char* const until_heard =
      "answers stay unchanged until a witness responds or an operator runs \"rollcallctl thaw\"";
  const auto frozen = [](const FreezeFacts& facts) {
    return Notice{.kind = NoticeKind::frozen, .facts = facts};
  };
  const auto thawed = [](const ThawFacts& facts, const char* actor = "") {
    return Notice{.kind = NoticeKind::thawed, .member = kMember, .actor = actor, .facts = facts};
  };
  using enum Isolation;
  using enum ThawFacts::Cause;
  expect({
      {frozen({mass_drop, 5, 8, 10s, 0}), "answers are frozen: 5 of 8 members went down within 10s",
       until},
      {frozen({witnesses_silent, 1, 8, 10s, 1}),
       "answers are frozen: members go down, and the witness does not respond", until_heard},
      {frozen({witnesses_silent, 1, 8, 10s, 2}),
       "answers are frozen: members go down, and no witness responds", until_heard},
      {thawed({all_up}),
       "answers follow the probes again: all members that had gone down are up again"},
      {thawed({none_left}),
       "answers follow the probes again: none of the members that had gone down is left"},
      {thawed({witness, 2, true}),
       "answers follow the probes again: the witness 192.0.2.1 responds",
       "2 members count as up until probed"},
      {thawed({witness, 1, true}),
       "answers follow the probes again: the witness 192.0.2.1 responds",
       "1 member counts as up until probed"},
      {thawed({an_operator, 1}), "answers follow the probes again: thawed by an operator",
       "1 member is down"},
      {thawed({an_operator, 2}, "alice"), "answers follow the probes again: thawed by alice",
       "2 members are down"},
  });
}

TEST(NoticeText, OfWitnesses) {
  const auto silent = [](bool has_vote, bool unwitnessed) {
    return Notice{.kind = NoticeKind::witness_silent,
                  .member = kMember,
                  .reason = "timed out",
                  .facts = WitnessFacts{"ping", has_vote, unwitnessed}};
  };
  expect({
      {silent(false, true), "the witness 192.0.2.1 (check ping) has never answered: timed out",
       "No witness has answered yet: until one does, max_drop alone guards the answers, and no "
       "restart is asked for"},
      {silent(false, false), "the witness 192.0.2.1 (check ping) has never answered: timed out",
       "Until it answers, its silence does not count"},
      {silent(true, false), "the witness 192.0.2.1 (check ping) does not answer: timed out",
       "It has answered before, so its silence counts"},
      {{.kind = NoticeKind::witness_heard, .member = kMember, .facts = WitnessFacts{"ping", true}},
       "the witness 192.0.2.1 (check ping) answers: from now on its silence counts"},
  });
}

TEST(NoticeText, OfZones) {
  const auto of_zone = [](NoticeKind kind, const ZoneFacts& facts, const char* reason = "") {
    return Notice{.kind = kind, .name = kZone, .reason = reason, .facts = facts};
  };
  using enum ZoneFacts::Served;
  const SecondaryFacts ahead{.secondary = {kMember, 53}, .serial = 9, .ours = 7};
  SecondaryFacts passed = ahead;
  passed.past = 10;
  const SecondaryFacts lags{
      .secondary = {kMember, 53}, .serial = 6, .ours = 7, .lag = std::chrono::seconds(61)};
  SecondaryFacts unheard = lags;
  unheard.unknown = true;
  expect({
      {of_zone(NoticeKind::zone_served, {first, 7, 1}),
       "zone example.com: served, serial 7, 1 record"},
      {of_zone(NoticeKind::zone_served, {again, 8, 2}),
       "zone example.com: reloaded, serial 8, 2 records"},
      {of_zone(NoticeKind::zone_refused, {older}),
       "zone example.com: refused, the old version stays"},
      {of_zone(NoticeKind::zone_refused, {copy}, "line 3: no"),
       "zone example.com: its file has errors, the last good copy is served", "line 3: no"},
      {of_zone(NoticeKind::zone_refused, {none}),
       "zone example.com: refused, answered with SERVFAIL"},
      {of_zone(NoticeKind::zone_expired, {expired}, "192.0.2.1:53: no answer"),
       "zone example.com: expired: no primary has confirmed it in time, answered with SERVFAIL",
       "192.0.2.1:53: no answer"},
      {of_zone(NoticeKind::zone_confirmed, {confirmed}),
       "zone example.com: confirmed by a primary, served again"},
      {{.kind = NoticeKind::secondary_ahead, .name = kZone, .facts = passed},
       "zone example.com: 192.0.2.1:53 holds serial 9, which is ahead of ours, 7: our next serial "
       "is 10"},
      {{.kind = NoticeKind::secondary_ahead, .name = kZone, .facts = ahead},
       "zone example.com: 192.0.2.1:53 holds serial 9, which is ahead of ours, 7",
       "this secondary takes no changes. No serial is past all secondaries and near enough to "
       "ours: remove the zone there, so that it is transferred anew"},
      {{.kind = NoticeKind::secondary_lags,
        .name = kZone,
        .reason = "NOTIFY: no response",
        .facts = lags},
       "zone example.com: 192.0.2.1:53 is behind by 61s: it serves serial 6, ours is 7",
       "NOTIFY: no response"},
      {{.kind = NoticeKind::secondary_lags, .name = kZone, .facts = unheard},
       "zone example.com: 192.0.2.1:53 is behind by 61s: it does not say its serial, ours is 7"},
      {{.kind = NoticeKind::secondary_caught_up,
        .name = kZone,
        .facts = SecondaryFacts{.secondary = {kMember, 53}, .serial = 7, .ours = 7}},
       "zone example.com: 192.0.2.1:53 serves serial 7 and is no longer behind"},
  });
}

TEST(NoticeText, OfTheStateDirectory) {
  expect({
      {{.kind = NoticeKind::state_damaged, .reason = "overrides: set aside"},
       "overrides: set aside"},
      {{.kind = NoticeKind::state_not_kept, .reason = "no space left on device"},
       "state_dir: no space left on device",
       "answers still follow the probes. Until state_dir can be written, secondaries get no "
       "changes, and a restart loses new overrides."},
      {{.kind = NoticeKind::state_kept}, "state_dir is writable again; everything is saved"},
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
}  // namespace rollcall::pool
