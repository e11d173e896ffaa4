/// The roster when things happen in an unusual order.
#include <gtest/gtest.h>

#include <algorithm>

#include "stage.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;

/// example.com with www on two addresses, its first round done.
Stage served(PoolSpec pool = pool_of("www.example.com")) {
  Stage stage;
  stage.configure({std::move(pool)}, {"example.com"});
  stage.step(
      ZoneBuilt{build("example.com", "www A 192.0.2.2\nwww A 192.0.2.3\n", {"www.example.com"})});
  stage.wait(1s);
  stage.answer("192.0.2.2", true);
  stage.answer("192.0.2.3", true);
  EXPECT_EQ(stage.roster->status(stage.now).zones.at(0).state, ZoneState::served);
  return stage;
}

TEST(RosterEdges, TheRestartOfANonMemberIsAnswered) {
  Stage stage = served();
  const RestartId id = stage.roster->next_restart_id();
  stage.step(RestartWanted{id, address_of("198.51.100.1"), "apache"});
  ASSERT_NE(stage.told<RestartRefused>(), nullptr);
  EXPECT_EQ(stage.told<RestartRefused>()->restart, id);
  EXPECT_EQ(stage.told<RestartRefused>()->reason,
            "restart of apache on 198.51.100.1 refused: the address is not a member of any pool");
  EXPECT_EQ(stage.told<RestartService>(), nullptr);
}

TEST(RosterEdges, APoolHasOneRestartAtATimeAlsoForOperators) {
  Stage stage = served();
  const RestartId first = stage.roster->next_restart_id();
  stage.step(RestartWanted{first, address_of("192.0.2.2"), "apache"});
  EXPECT_NE(stage.told<RestartService>(), nullptr);
  const RestartId second = stage.roster->next_restart_id();
  stage.step(RestartWanted{second, address_of("192.0.2.3"), "apache"});
  EXPECT_EQ(stage.told<RestartService>(), nullptr);
  ASSERT_NE(stage.told<RestartRefused>(), nullptr);
  EXPECT_EQ(stage.told<RestartRefused>()->restart, second);
  stage.step(AgentReplied{first, true, "done"});
  stage.step(RestartWanted{stage.roster->next_restart_id(), address_of("192.0.2.3"), "apache"});
  EXPECT_NE(stage.told<RestartService>(), nullptr);
}

TEST(RosterEdges, AZoneThatNeverLoadedMayBeDroppedAndComeBack) {
  Stage stage;
  stage.configure({}, {"example.com"});
  stage.step(ZoneRefused{name_of("example.com"), "line 1"});
  stage.configure({}, {});
  EXPECT_NE(stage.told<DropZone>(), nullptr);
  stage.configure({}, {"example.com"});
  stage.step(ZoneBuilt{build("example.com", "", {})});
  EXPECT_EQ(stage.sent(), 10U);
}

TEST(RosterEdges, AZoneThatComesBackGoesOnBehindItsLastSerial) {
  Stage stage = served();
  stage.configure({}, {});
  stage.configure({}, {"example.com"});
  stage.step(ZoneBuilt{build("example.com", "", {})});
  EXPECT_EQ(stage.sent(), 11U);
  ASSERT_NE(stage.told<KeepSerial>(), nullptr);
  EXPECT_GT(stage.told<KeepSerial>()->serial.ceiling, 10U + kSerialBlock);
}

TEST(RosterEdges, APoolMayMoveToAZoneBeneath) {
  Stage stage;
  const std::string both = "www.sub A 192.0.2.2\nwww.sub A 192.0.2.3\n@ MX 1 www.sub\n";
  stage.configure({pool_of("www.sub.example.com")}, {"example.com"});
  stage.step(ZoneBuilt{build("example.com", both, {"www.sub.example.com"})});
  stage.wait(1s);
  stage.answer("192.0.2.2", true);
  stage.answer("192.0.2.3", true);

  // The zone beneath is built first; the one above is refused, and later built without the pool.
  stage.configure({pool_of("www.sub.example.com")}, {"example.com", "sub.example.com"});
  const ZonePtr beneath = build("sub.example.com", "www A 192.0.2.3\n", {"www.sub.example.com"});
  stage.step(ZoneBuilt{beneath});
  stage.step(ZoneRefused{name_of("example.com"), "line 1"});
  stage.wait(1s);
  stage.answer("192.0.2.3", false);
  stage.step(ZoneBuilt{build("example.com", both, {})});
  EXPECT_EQ(stage.roster->status(stage.now).pools.size(), 1U);
  stage.answered.clear();
  stage.wait(30s);
  stage.answer("192.0.2.3", true);
  const auto stored = std::ranges::find_if(stage.answered, [&](const Effect& effect) {
    const auto* masks = std::get_if<StoreLive>(&effect);
    return masks != nullptr && masks->zone == beneath;
  });
  EXPECT_EQ(stored, stage.answered.end());  // fail_open: the one address is answered either way
  EXPECT_EQ(stage.roster->status(stage.now).pools.at(0).members.at(0).observed, State::up);
}

TEST(RosterEdges, ANewPolicyTakesHoldThoughTheZoneFileIsUnchanged) {
  Stage stage = served();
  stage.wait(30s);
  stage.answer("192.0.2.2", false);
  stage.answer("192.0.2.3", false);
  PoolSpec closed = pool_of("www.example.com");
  closed.when_all_down = WhenAllDown::fail_closed;
  stage.wait(2s);
  stage.configure({closed}, {"example.com"});
  stage.now += 2s;
  stage.step(ZoneUnchanged{name_of("example.com")});
  ASSERT_NE(stage.told<StoreLive>(), nullptr);
  EXPECT_EQ(stage.told<StoreLive>()->changes, (std::vector<LiveChange>{{WatchId{0}, 0b11, 0}}));
  EXPECT_NE(stage.told<SendNotify>(), nullptr);
  stage.step(ZoneUnchanged{name_of("example.com")});
  EXPECT_EQ(stage.told<StoreLive>(), nullptr);  // nothing is new
}

TEST(RosterEdges, AnotherCheckTakesHoldThoughTheZoneFileIsUnchanged) {
  Stage stage = served();
  stage.configure({pool_of("www.example.com", {"other"})}, {"example.com"});
  stage.step(ZoneUnchanged{name_of("example.com")});
  stage.wait(1s);
  ASSERT_EQ(stage.probes.size(), 2U);
  EXPECT_EQ(stage.probes[0].check->name, "other");
}

TEST(RosterEdges, AFileThatIsMendedHasNoProblem) {
  Stage stage = served();
  stage.step(ZoneRefused{name_of("example.com"), "line 1"});
  EXPECT_EQ(stage.roster->status(stage.now).zones.at(0).problem, "line 1");
  stage.step(ZoneUnchanged{name_of("example.com")});
  EXPECT_EQ(stage.roster->status(stage.now).zones.at(0).problem, "");
  stage.step(ZoneUnchanged{name_of("elsewhere.org")});  // a zone that is not configured
  EXPECT_EQ(stage.roster->status(stage.now).zones.size(), 1U);
}

TEST(RosterEdges, SavedHealthTellsOfTheStartAlone) {
  SavedState saved;
  saved.health.members.push_back(
      {name_of("www.example.com"), address_of("192.0.2.2"), "web", false});
  const auto health_after = [&](Duration wait, bool before) {
    Stage stage(saved);
    stage.configure({pool_of("www.example.com")}, {"example.com"});
    const ZonePtr zone = build("example.com", "www A 192.0.2.2\n", {"www.example.com"});
    if (before) stage.step(ZoneBuilt{zone});
    if (before) stage.step(ZoneBuilt{build("example.com", "", {})});
    stage.wait(wait);
    stage.step(ZoneBuilt{zone});
    return stage.roster->status(stage.now).pools.at(0).members.at(0).observed;
  };
  EXPECT_EQ(health_after(1s, false), State::down);
  EXPECT_EQ(health_after(1s, true), State::unknown);  // the member was away in between
  EXPECT_EQ(health_after(kSavedHealthLifetime + 1s, false), State::unknown);
}

TEST(RosterEdges, AZoneWaitsForMembersWhoseHealthIsUnknownAgain) {
  Stage stage;
  stage.configure({pool_of("www.example.com", {"a", "b"})}, {"example.com"});
  stage.step(ZoneBuilt{build("example.com", "www A 192.0.2.2\n", {"www.example.com"})});
  stage.wait(1s);
  ASSERT_EQ(stage.probes.size(), 2U);
  const std::vector<StartProbe> first = std::exchange(stage.probes, {});
  stage.step(ProbeDone{first[0].probe, {false, "refused"}});
  EXPECT_EQ(stage.roster->status(stage.now).zones.at(0).state, ZoneState::served);
  stage.wait(30s);
  ASSERT_EQ(stage.probes.size(), 1U);
  stage.step(ProbeDone{stage.probes[0].probe, {true, ""}});  // the other check has no result yet
  EXPECT_EQ(stage.roster->status(stage.now).pools.at(0).members.at(0).observed, State::unknown);
  stage.step(ProbeDone{first[1].probe, {true, ""}});
  EXPECT_EQ(stage.roster->status(stage.now).pools.at(0).members.at(0).observed, State::up);
  EXPECT_EQ(stage.roster->status(stage.now).zones.at(0).state, ZoneState::served);
}

}  // namespace
}  // namespace rollcall::roster
