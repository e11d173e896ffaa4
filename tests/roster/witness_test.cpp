/// The witnesses of the isolation guard: when they are asked, and what they say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guarded_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Witnesses : public GuardedPools {
 protected:
  /// The only witness has not answered yet.
  static IsTold never_answered() {
    return is_told({.kind = NoticeKind::witness_silent, .member = "192.0.2.1", .reason = "refused"},
                   WitnessFacts{.check = "gateway", .has_vote = false, .unwitnessed = true});
  }
};

TEST_F(Witnesses, AWitnessThatWasHeardJustNowIsAskedAgainSoon) {
  add_witness("192.0.2.1");
  serve_many(2);
  wait_for_probe_of("192.0.2.11");
  const std::vector<StartProbe> failing = std::exchange(stage_.probes, {});
  wait_for_probe_of("192.0.2.1");
  answer("192.0.2.1", true);
  step(ProbeDone{failing.at(0).probe, {false, "refused"}});
  EXPECT_FALSE(is_probed("192.0.2.1"));
  stage_.wait(100ms);
  ASSERT_TRUE(is_probed("192.0.2.1"));
  answer("192.0.2.1", false);
  EXPECT_TRUE(frozen());
}

TEST_F(Witnesses, AWitnessThatIsBeingAskedIsAskedAgain) {
  add_witness("192.0.2.1");
  serve_many(2);
  wait_for_probe_of("192.0.2.1");
  const std::vector<StartProbe> before = std::exchange(stage_.probes, {});
  wait_for_probe_of("192.0.2.11");
  answer("192.0.2.11", false);
  EXPECT_FALSE(is_probed("192.0.2.1"));
  step(ProbeDone{before.at(0).probe, {true, ""}});
  stage_.wait(100ms);
  EXPECT_FALSE(frozen()) << "that probe began before the fall";
  ASSERT_TRUE(is_probed("192.0.2.1"));
  answer("192.0.2.1", false);
  EXPECT_TRUE(frozen());
  EXPECT_THAT(answered(), SizeIs(2));
}

TEST_F(Witnesses, AWitnessesWordIsOfTheTimeWhenItsProbeBegan) {
  add_witness("192.0.2.1");
  guard_.max_drop = 40;
  guard_.max_drop_from = 1;
  serve_many(2);
  wait_for_probe_of("192.0.2.12");
  const std::vector<StartProbe> last = std::exchange(stage_.probes, {});
  wait_for_probe_of("192.0.2.11");
  answer("192.0.2.11", false);
  ASSERT_TRUE(frozen()) << "one of two";
  stage_.wait(100ms);
  ASSERT_TRUE(is_probed("192.0.2.1"));
  step(ProbeDone{last.at(0).probe, {false, "no answer"}});  // now our network is gone
  answer("192.0.2.1", true);
  ASSERT_FALSE(frozen());
  stage_.wait(100ms);
  ASSERT_TRUE(is_probed("192.0.2.1"));
  answer("192.0.2.1", false);
  EXPECT_TRUE(frozen());
  EXPECT_THAT(answered(), Contains("192.0.2.12"));
}

TEST_F(Witnesses, AFallCanBeTakenBackUntilTheWitnessesHaveSpoken) {
  add_witness("192.0.2.1");
  PoolSpec pool = pool_of(kWww);
  pool.checks[0].interval = 1s;
  serve(kTwo, {pool});
  wait_for_probe_of("192.0.2.11");
  answer("192.0.2.11", false);
  wait_for_probe_of("192.0.2.1");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  stage_.now += guard_.witnesses[0].check.timeout;
  answer("192.0.2.1", false);
  EXPECT_TRUE(frozen()) << "though the fall is older than an interval";
  EXPECT_THAT(answered(), SizeIs(2));
}

TEST_F(Witnesses, AWitnessDoesNotWaitForTheProbesOfMembers) {
  add_witness("192.0.2.1");
  serve_many(2);
  wait_for_probe_of("192.0.2.12");
  std::exchange(stage_.probes, {});
  wait_for_probe_of("192.0.2.11");
  step(Configured{.pools = {pool_of(kWww)},
                  .origins = {name_of("example.com")},
                  .guard = guard_,
                  .max_probes = 1});
  answer("192.0.2.11", false);
  stage_.wait(100ms);
  EXPECT_TRUE(is_probed("192.0.2.1"));
}

TEST_F(Witnesses, SilentWitnessesHoldASingleMember) {
  add_witness("192.0.2.1");
  add_witness("192.0.2.2");
  serve_many(2);
  die({"192.0.2.11", "192.0.2.1"});
  EXPECT_FALSE(frozen()) << "one witness answers";
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  die({});
  die({"192.0.2.11", "192.0.2.1", "192.0.2.2"});
  ASSERT_TRUE(frozen());
  EXPECT_EQ(why_frozen(frozen()->facts), "members go down, and no witness responds");
  EXPECT_THAT(answered(), SizeIs(2));
  const Status status = stage_.roster->status(stage_.now);
  ASSERT_THAT(status.witnesses, SizeIs(2));
  EXPECT_EQ(status.witnesses[1].answers, false);
  EXPECT_EQ(status.witnesses[1].check, "gateway");

  die({"192.0.2.11"});
  const ThawFacts afresh{.cause = ThawFacts::Cause::witness, .held = 1, .afresh = true};
  EXPECT_THAT(alerts_, Contains(AnyOf(
                           is_told({.kind = NoticeKind::thawed, .member = "192.0.2.1"}, afresh),
                           is_told({.kind = NoticeKind::thawed, .member = "192.0.2.2"}, afresh))));
  EXPECT_FALSE(frozen());
  EXPECT_THAT(alerts_, Contains(is_told(dropped("192.0.2.11")))) << "its probes have begun anew";
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(Witnesses, AnOperatorKnowsOfTheWitnessesSilence) {
  add_witness("192.0.2.1");
  serve_many(3);
  die({"192.0.2.11", "192.0.2.1"});
  ASSERT_TRUE(frozen());
  reply_to(ThawWanted{});
  die({"192.0.2.11", "192.0.2.12", "192.0.2.1"});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.13"));
  die({});
  die({"192.0.2.11", "192.0.2.1"});
  EXPECT_TRUE(frozen()) << "it has been heard meanwhile";
}

TEST_F(Witnesses, AWitnessThatAnswersTellsThatItIsThem) {
  add_witness("192.0.2.1");
  serve_many(8);
  die(first(6));
  EXPECT_EQ(alerts_of(NoticeKind::frozen), 1);
  EXPECT_THAT(alerts_, Contains(is_told({.kind = NoticeKind::thawed, .member = "192.0.2.1"},
                                        is(ThawFacts::Cause::witness))));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.17", "192.0.2.18"));
}

TEST_F(Witnesses, AWitnessThatAsksToBeLeftOutIsHeard) {
  add_witness("192.0.2.1");
  serve_many(2);
  withdrawn_ = {"192.0.2.1"};
  die({"192.0.2.11"});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(Witnesses, AWitnessIsAskedByItsOwnAddressAndTheChecksPort) {
  WitnessSpec witness{address_of("192.0.2.1"), check_of("page")};
  witness.check.port = 8443;
  witness.check.how = health::HttpCheck{.tls = health::TlsOptions{}};
  guard_.witnesses = {witness};
  witness.address = address_of("192.0.2.2");
  witness.check.host = "gateway.example.com";
  guard_.witnesses.push_back(witness);
  PoolSpec pool = pool_of(kWww);
  pool.port = 81;
  stage_.configure({pool}, {"example.com"}, guard_);
  stage_.wait(20s);
  ASSERT_THAT(stage_.probes, SizeIs(2));
  for (const StartProbe& probe : stage_.probes) {
    EXPECT_EQ(probe.target, (Endpoint{probe.member, 8443}));
    EXPECT_EQ(probe.host,
              probe.member == address_of("192.0.2.1") ? "192.0.2.1" : "gateway.example.com");
  }
}

TEST_F(Witnesses, AWitnessesFileIsReadWhenItIsWritten) {
  WitnessSpec witness{address_of("192.0.2.1"), check_of("monitor")};
  witness.check.how = health::FileCheck{.file = "/states"};
  guard_.witnesses = {witness};
  serve_many(2);
  die({});
  stage_.probes.clear();
  step(FileChanged{"/other"});
  EXPECT_THAT(stage_.probes, IsEmpty());
  step(FileChanged{"/states"});
  ASSERT_THAT(stage_.probes, SizeIs(1));
  EXPECT_EQ(stage_.probes[0].member, address_of("192.0.2.1"));
}

TEST_F(Witnesses, WitnessesComeAndGoWithTheConfiguration) {
  add_witness("192.0.2.1");
  serve_many(2);
  stage_.configure({pool_of(kWww)}, {"example.com"});
  step(ZoneUnchanged{name_of("example.com")});
  stage_.probes.clear();
  die({"192.0.2.11", "192.0.2.1"});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(stage_.roster->status(stage_.now).witnesses, IsEmpty());
}

TEST_F(Witnesses, OneThatHasNeverAnsweredHasNoVote) {
  add_witness("192.0.2.1");
  dead_ = {"192.0.2.1"};
  serve_many(2);
  EXPECT_THAT(alerts_, ElementsAre(never_answered()));
  die({"192.0.2.11", "192.0.2.1"});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_EQ(alerts_of(NoticeKind::witness_silent), 0) << "it is said once";
  const Status status = stage_.roster->status(stage_.now);
  EXPECT_FALSE(status.witnesses.at(0).has_vote);
  EXPECT_EQ(status.witnesses.at(0).answers, false);
}

TEST_F(Witnesses, NoRestartIsAskedForBeforeOneHasAnswered) {
  add_witness("192.0.2.1");
  dead_ = {"192.0.2.1"};
  serve_many(2);
  die({"192.0.2.11", "192.0.2.1"});
  EXPECT_EQ(restarts_, 0);
  EXPECT_EQ(status_of("192.0.2.11").restart_outlook.course, RestartOutlook::Course::unwitnessed);
  die({"192.0.2.11"});
  EXPECT_TRUE(stage_.roster->status(stage_.now).witnesses.at(0).has_vote);
  EXPECT_EQ(restarts_, 1);
  EXPECT_FALSE(frozen());
  die({"192.0.2.11", "192.0.2.12", "192.0.2.1"});
  EXPECT_TRUE(frozen()) << "from now on its silence counts";
}

TEST_F(Witnesses, MaxDropAloneGuardsMeanwhile) {
  add_witness("192.0.2.1");
  dead_ = {"192.0.2.1"};
  guard_.max_drop_from = 2;
  serve_many(4);
  die({"192.0.2.11", "192.0.2.12", "192.0.2.13", "192.0.2.1"});
  ASSERT_TRUE(frozen());
  EXPECT_THAT(why_frozen(frozen()->facts), HasSubstr("of 4 members went down within"));
}

TEST_F(Witnesses, AVoteIsKeptOverAReloadAndARestart) {
  add_witness("192.0.2.1");
  serve_many(2);
  die({});
  ASSERT_TRUE(stage_.roster->status(stage_.now).witnesses.at(0).has_vote);
  add_witness("192.0.2.2");
  stage_.configure({pool_of(kWww)}, {"example.com"}, guard_);
  Status status = stage_.roster->status(stage_.now);
  EXPECT_TRUE(status.witnesses.at(0).has_vote);
  EXPECT_FALSE(status.witnesses.at(1).has_vote) << "it is new";
  stage_.step(Stopping{});
  const auto* saved = stage_.told<SaveHealth>();
  ASSERT_NE(saved, nullptr);
  EXPECT_THAT(saved->health.witnesses,
              ElementsAre(SavedWitness{address_of("192.0.2.1"), "gateway"}));
  Stage again({.health = saved->health});
  again.configure({pool_of(kWww)}, {"example.com"}, guard_);
  status = again.roster->status(again.now);
  EXPECT_TRUE(status.witnesses.at(0).has_vote);
  EXPECT_FALSE(status.witnesses.at(1).has_vote);
}

TEST_F(Witnesses, OneThatIsSilentAfterAReloadIsToldOfAgain) {
  add_witness("192.0.2.1");
  dead_ = {"192.0.2.1"};
  serve_many(2);
  ASSERT_THAT(alerts_, ElementsAre(never_answered()));
  stage_.configure({pool_of(kWww)}, {"example.com"}, guard_);
  die({"192.0.2.1"});
  EXPECT_THAT(alerts_, ElementsAre(never_answered()));
}

}  // namespace
}  // namespace rollcall::roster
