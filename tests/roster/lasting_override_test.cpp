/// How long overrides hold: over reloads, over restarts of the server; and `normal`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

using enum OverrideKind;

class LastingOverride : public ServedPools {};

TEST_F(LastingOverride, NoRestartIsAskedForAMemberUnderAnOverride) {
  PoolSpec pool = pool_of(kWww);
  pool.restart = "apache";
  serve(kTwo, {pool});
  dead_ = {"192.0.2.11"};
  say(drained, "192.0.2.11");
  probe(10min);
  EXPECT_EQ(restarts_, 0);
  say(automatic, "192.0.2.11");
  probe();
  EXPECT_EQ(restarts_, 1);
}

TEST_F(LastingOverride, AReloadKeepsThoseOfMembersThatStay) {
  serve("www A 192.0.2.11\nwww A 192.0.2.12\nwww A 192.0.2.13\n");
  say(drained, "192.0.2.11");
  say(drained, "192.0.2.12", lasting(5min));
  load("www A 192.0.2.11\nwww A 192.0.2.13\nwww A 192.0.2.14\n");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.13", "192.0.2.14"));
  EXPECT_EQ(saved_.members.size(), 1U);
  EXPECT_THAT(told_, testing::Contains(is_told(
                         {.kind = NoticeKind::override_ended, .name = kWww, .member = "192.0.2.12"},
                         OverrideFacts{.kind = drained,
                                       .cause = OverrideFacts::Cause::gone,
                                       .members = {"192.0.2.12"}})));
  // New checks begin anew; what the operator said does not.
  stage_.configure({pool_of(kWww, {"other"})}, {"example.com"});
  keep();
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.13", "192.0.2.14"));
  load(kTwo);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "a member that comes back is auto";
}

TEST_F(LastingOverride, APoolThatGoesTakesItsOverridesAlong) {
  serve();
  say(drained, "192.0.2.11");
  stage_.configure({}, {"example.com"});
  keep();
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_TRUE(saved_.members.empty());
}

/// A roster of the next run, with what the last one has saved.
class OverridesAgain : public LastingOverride {
 protected:
  void restart(SavedOverrides saved, const std::string& tail = kTwo) {
    SavedState state;
    state.overrides = std::move(saved);
    stage_ = Stage(std::move(state));
    stage_.now = Instant(5h);  // a new run has another time line
    serve(tail);
  }
};

TEST_F(OverridesAgain, HoldOverARestart) {
  serve();
  say(drained, "192.0.2.11", {.lasts = 30min, .reason = "disk"});
  restart(saved_);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_EQ(status_of("192.0.2.11").override_reason, "disk");
  EXPECT_EQ(status_of("192.0.2.11").override_left, 29min) << "serve() takes a minute";
  probe(29min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(OverridesAgain, WaitForAZoneThatIsRefused) {
  const SavedOverride drain{name_of(kWww), address_of("192.0.2.11"), "", drained, {}, ""};
  SavedState state;
  state.overrides.members = {drain};
  stage_ = Stage(std::move(state));
  stage_.configure({pool_of(kWww)}, {"example.com"});
  step(ZoneRefused{name_of("example.com"), "no SOA"});
  step(Stopping{});
  EXPECT_THAT(saved_.members, ElementsAre(drain));
  load(kTwo);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(OverridesAgain, OfFormerMembersAreForgotten) {
  restart(
      {.members = {{name_of(kWww), address_of("192.0.2.77"), "", drained, {}, ""},
                   {name_of("gone.example.com"), address_of("192.0.2.11"), "", drained, {}, ""}},
       .normal = false,
       .normal_left = {}});
  step(Stopping{});
  EXPECT_TRUE(saved_.members.empty());
}

TEST_F(LastingOverride, NormalServesTheWholeZoneFileUntilItEnds) {
  serve("www A 192.0.2.11\nwww A 192.0.2.12\nwww A 192.0.2.13\n");
  dead_ = {"192.0.2.12"};
  say(drained, "192.0.2.11");
  probe();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.13"));
  EXPECT_EQ(reply_to(NormalWanted{true, 10min}), "ok: normal is on for 10m");
  EXPECT_THAT(alerts_,
              ElementsAre(is_told({.kind = NoticeKind::normal_on}, NormalFacts{.lasts = 10min})));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12", "192.0.2.13"));
  EXPECT_TRUE(stage_.roster->status(stage_.now).normal);
  EXPECT_EQ(stage_.roster->status(stage_.now).normal_left, 10min);
  dead_ = {"192.0.2.13"};
  probe();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12", "192.0.2.13"));
  probe(10min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "as the probes say by now";
  EXPECT_FALSE(stage_.roster->status(stage_.now).normal);
}

TEST_F(LastingOverride, NormalIsEndedByAnOperator) {
  serve();
  EXPECT_EQ(reply_to(NormalWanted{false, {}}), "ok: normal was off already");
  say(drained, "192.0.2.11");
  EXPECT_EQ(reply_to(NormalWanted{true, {}}), "ok: normal is on");
  EXPECT_TRUE(saved_.normal);
  EXPECT_EQ(reply_to(NormalWanted{false, {}}), "ok: normal is off");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_FALSE(saved_.normal);
}

TEST_F(OverridesAgain, NormalHoldsOverARestart) {
  restart({.members = {{name_of(kWww), address_of("192.0.2.11"), "", drained, {}, ""}},
           .normal = true,
           .normal_left = 10min});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  probe(10min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

}  // namespace
}  // namespace rollcall::roster
