/// Overrides: what operators say of members, and of everything.
#include "roster/override.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using enum OverrideKind;

TEST(CountsAsUp, TheOperatorsWordStandsAboveTheProbes) {
  struct Row {
    OverrideKind kind;
    bool unknown, up, down;
  };
  for (const Row& row : {Row{automatic, true, true, false}, Row{drained, false, false, false},
                         Row{forced_up, true, true, true}, Row{forced_down, false, false, false}}) {
    EXPECT_EQ(counts_as_up(row.kind, Health::unknown), row.unknown) << to_string(row.kind);
    EXPECT_EQ(counts_as_up(row.kind, Health::up), row.up) << to_string(row.kind);
    EXPECT_EQ(counts_as_up(row.kind, Health::down), row.down) << to_string(row.kind);
  }
}

TEST(LiveMembers, TheDrainedComeLast) {
  EXPECT_EQ(live_members({.count = 3, .healthy = 0b001, .drained = 0b010}, {}), 0b001U);
  EXPECT_EQ(live_members({.count = 3, .drained = 0b010}, {}), 0b101U);
  EXPECT_EQ(live_members({.count = 3, .drained = 0b111}, {}), 0b111U) << "never an empty answer";
  EXPECT_EQ(live_members({.count = 3, .drained = 0b010}, {WhenAllDown::fail_closed}), 0U);
}

TEST(TakesLastLive, LooksAtWhoIsLeft) {
  struct Row {
    std::uint64_t healthy_before, drained_before, healthy_after, drained_after;
    bool takes;
    const char* what;
  };
  for (const Row& row : {
           Row{0b011, 0, 0b010, 0b001, false, "another one is healthy"},
           Row{0b001, 0, 0, 0b001, true, "the others are down"},
           Row{0b001, 0b110, 0, 0b111, true, "the others are drained"},
           Row{0, 0, 0, 0b001, false, "all are down: the others fail open"},
           Row{0, 0b110, 0, 0b111, true, "it alone fails open"},
           Row{0, 0b111, 0, 0b111, false, "nothing is left to be taken"},
       }) {
    const Standing before{.count = 3, .healthy = row.healthy_before, .drained = row.drained_before};
    const Standing after{.count = 3, .healthy = row.healthy_after, .drained = row.drained_after};
    EXPECT_EQ(takes_last_live(before, after, {}), row.takes) << row.what;
  }
  const PoolPolicy closed{WhenAllDown::fail_closed};
  EXPECT_TRUE(takes_last_live({.count = 3, .healthy = 1}, {.count = 3, .drained = 1}, closed));
  EXPECT_FALSE(
      takes_last_live({.count = 3, .drained = 0b110}, {.count = 3, .drained = 0b111}, closed))
      << "nobody was live";
}

class Overrides : public ServedPools {};

TEST_F(Overrides, ADrainedMemberIsNotAnsweredAndReturns) {
  serve();
  const std::uint32_t before = zone_->watch_table().serial();
  EXPECT_EQ(say(drained, "192.0.2.11", {.reason = "new disk"}),
            "ok: 192.0.2.11 is drained in www.example.com");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_GT(zone_->watch_table().serial(), before);
  EXPECT_THAT(told_,
              ElementsAre("www.example.com: 192.0.2.11 is drained by an operator: new disk"));
  EXPECT_THAT(alerts_, IsEmpty());
  const MemberStatus status = status_of("192.0.2.11");
  EXPECT_EQ(status.override_kind, drained);
  EXPECT_EQ(status.override_reason, "new disk");
  EXPECT_EQ(status.override_left, std::nullopt);
  EXPECT_EQ(status.health, Health::up) << "its probes go on";
  EXPECT_FALSE(status.live);
  probe();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "good probes do not bring it back";

  EXPECT_EQ(say(automatic, "192.0.2.11"), "ok: 192.0.2.11 is auto again in www.example.com");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_EQ(say(automatic, "192.0.2.11"), "ok: no override was set on 192.0.2.11");
}

TEST_F(Overrides, AForcedUpMemberIsAnsweredThoughDead) {
  serve();
  EXPECT_EQ(say(forced_up, "192.0.2.11"), "ok: 192.0.2.11 is forced-up in www.example.com");
  dead_ = {"192.0.2.11"};
  told_.clear();
  alerts_.clear();
  probe();
  EXPECT_THAT(told_, ElementsAre("www.example.com: 192.0.2.11 is down: refused"));
  EXPECT_THAT(alerts_, IsEmpty()) << "an operator has it in hand";
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_EQ(status_of("192.0.2.11").health, Health::down);
  say(automatic, "192.0.2.11");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(Overrides, AForcedDownMemberFailsOpenAndADrainedOneDoesNot) {
  serve();
  say(forced_down, "192.0.2.11");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  dead_ = {"192.0.2.12"};
  probe();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  say(drained, "192.0.2.11");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(Overrides, TheLastLiveMemberIsKeptUnlessForced) {
  serve();
  dead_ = {"192.0.2.12"};
  probe();
  const std::string refused =
      "no: 192.0.2.11 is the last live member of www.example.com A; use --force to ";
  EXPECT_EQ(say(drained, "192.0.2.11"), refused + "drain it anyway");
  EXPECT_EQ(say(forced_down, "192.0.2.11"), refused + "force it down anyway");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11"));
  EXPECT_EQ(status_of("192.0.2.11").override_kind, automatic);
  EXPECT_EQ(stage_.told<SaveOverrides>(), nullptr);
  EXPECT_EQ(say(drained, "192.0.2.11", forced()), "ok: 192.0.2.11 is drained in www.example.com");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "the other one fails open";
  EXPECT_THAT(alerts_,
              ElementsAre("www.example.com: no usable member: 1 drained, 1 down; returning all but "
                          "the drained (fail_open)"));
}

TEST_F(Overrides, AutoTakesNoLastLiveMemberUnlessForced) {
  PoolSpec pool = pool_of(kWww);
  pool.when_all_down = WhenAllDown::fail_closed;
  serve(kTwo, {pool});
  die({"192.0.2.11", "192.0.2.12"});
  say(forced_up, "192.0.2.12");
  EXPECT_EQ(say(automatic, "192.0.2.12"),
            "no: 192.0.2.12 is the last live member of www.example.com A; use --force to set it to "
            "auto anyway");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_EQ(say(automatic, "192.0.2.12", forced()),
            "ok: 192.0.2.12 is auto again in www.example.com");
  EXPECT_THAT(answered(), IsEmpty());
}

TEST_F(Overrides, AFallbackThatAloneIsAnsweredIsTheLastLiveMember) {
  PoolSpec pool = pool_of(kWww);
  pool.when_all_down = WhenAllDown::fallback;
  pool.members[address_of("192.0.2.12")].tier = Tier::fallback;
  serve(kTwo, {pool});
  die({"192.0.2.11"});
  ASSERT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_EQ(say(drained, "192.0.2.12"),
            "no: 192.0.2.12 is the last live member of www.example.com A; use --force to drain it "
            "anyway");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  die({});
  EXPECT_EQ(say(drained, "192.0.2.12"), "ok: 192.0.2.12 is drained in www.example.com");
}

TEST_F(Overrides, EachFamilyHasItsLastLiveMember) {
  serve("www A 192.0.2.11\nwww AAAA 2001:db8::11\n");
  EXPECT_EQ(
      say(drained, "2001:db8::11"),
      "no: 2001:db8::11 is the last live member of www.example.com AAAA; use --force to drain "
      "it anyway");
}

TEST_F(Overrides, AForcedDrainOfAllEmptiesNothingThatFailsOpen) {
  serve();
  say(drained, "192.0.2.11");
  say(drained, "192.0.2.12", forced());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(Overrides, AForcedDrainOfAllEmptiesWhatFailsClosed) {
  PoolSpec closed = pool_of(kWww);
  closed.when_all_down = WhenAllDown::fail_closed;
  serve(kTwo, {closed});
  say(drained, "192.0.2.11");
  say(drained, "192.0.2.12", forced());
  EXPECT_THAT(answered(), IsEmpty());
}

TEST_F(Overrides, EndsByItself) {
  serve();
  EXPECT_EQ(say(drained, "192.0.2.11", lasting(30min)),
            "ok: 192.0.2.11 is drained in www.example.com for 30m");
  EXPECT_EQ(status_of("192.0.2.11").override_left, 30min);
  probe(30min - 1s);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  EXPECT_EQ(saved_.members.size(), 1U);
  told_.clear();
  probe(1s);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_THAT(told_, ElementsAre("www.example.com: 192.0.2.11 is auto again: its time as drained "
                                 "is up"));
  EXPECT_TRUE(saved_.members.empty());
}

TEST_F(Overrides, TheNewestTimeCounts) {
  serve();
  say(drained, "192.0.2.11", lasting(10min));
  say(drained, "192.0.2.11", lasting(20min));
  probe(15min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  say(drained, "192.0.2.11");
  probe(15min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(Overrides, SaysWhomItDoesNotKnow) {
  serve();
  EXPECT_EQ(say(drained, "192.0.2.99"), "no: 192.0.2.99 is not a member of any pool");
  EXPECT_EQ(say(drained, "mx9.example.com"), "no: mx9.example.com is not a member of any pool");
  EXPECT_EQ(say(drained, "192.0.2.11", {.pool = name_of("ftp.example.com")}),
            "no: there is no pool ftp.example.com");
  EXPECT_EQ(say(drained, "192.0.2.99", {.pool = name_of(kWww)}),
            "no: 192.0.2.99 is not a member of pool www.example.com");
}

TEST_F(Overrides, TheLogSaysWhichOperatorItWas) {
  serve();
  OverrideWanted wanted = lasting(30min);
  wanted.reason = "new disk";
  wanted.actor = "alice (uid 1000)";
  say(drained, "192.0.2.11", wanted);
  EXPECT_THAT(told_, ElementsAre("www.example.com: 192.0.2.11 is drained by alice (uid 1000) for "
                                 "30m: new disk"));
  reply_to(NormalWanted{.on = true, .lasts = {}, .actor = "uid 0"});
  EXPECT_THAT(alerts_, ElementsAre("normal is on, by uid 0"));
  reply_to(RestartWanted{stage_.roster.next_restart_id(), address_of("192.0.2.11"), "apache",
                         "alice (uid 1000)"});
  EXPECT_THAT(told_,
              ElementsAre("www.example.com: asking the agent of 192.0.2.11 to restart apache, "
                          "requested by alice (uid 1000)"));
}

constexpr const char* kFour =
    "www A 192.0.2.11\nwww A 192.0.2.12\nwww A 192.0.2.21\nwww A 192.0.2.22\n";

TEST_F(Overrides, SeveralMembersAreDrainedTogether) {
  serve(kFour);
  EXPECT_EQ(say_of(drained, {"192.0.2.11", "192.0.2.21"}, lasting(30min)),
            "ok: 2 members are drained for 30m:\n"
            "  www.example.com: 192.0.2.11\n"
            "  www.example.com: 192.0.2.21");
  EXPECT_THAT(told_, ElementsAre("www.example.com: 192.0.2.11, 192.0.2.21 are drained by an "
                                 "operator for 30m"));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12", "192.0.2.22"));
}

TEST_F(Overrides, APatternNamesAllThatMatch) {
  serve(kFour);
  EXPECT_EQ(say(drained, "192.0.2.1*"),
            "ok: 2 members are drained:\n"
            "  www.example.com: 192.0.2.11\n"
            "  www.example.com: 192.0.2.12");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.21", "192.0.2.22"));
  EXPECT_EQ(say(drained, "198.51.100.*"), "no: no member of any pool matches 198.51.100.*");
  EXPECT_EQ(say(automatic, "*.example.com"),
            "ok: 4 members are auto again:\n"
            "  www.example.com: 192.0.2.11\n"
            "  www.example.com: 192.0.2.12\n"
            "  www.example.com: 192.0.2.21\n"
            "  www.example.com: 192.0.2.22");
  EXPECT_EQ(say(automatic, "*"), "ok: no override was set on any of them");
}

TEST_F(Overrides, APoolNamesAllOfItsMembers) {
  serve(kTwo);
  EXPECT_EQ(
      say(drained, kWww),
      "no: www.example.com A has no other live member than 192.0.2.11, 192.0.2.12; use --force "
      "to drain them anyway");
  EXPECT_EQ(say_of(drained, {}, {.pool = name_of(kWww), .force = true}),
            "ok: 2 members are drained:\n"
            "  www.example.com: 192.0.2.11\n"
            "  www.example.com: 192.0.2.12");
  EXPECT_THAT(alerts_,
              ElementsAre("www.example.com: no usable member: all 2 are drained; returning "
                          "all (fail_open)"));
  EXPECT_EQ(say(automatic, kWww),
            "ok: 2 members are auto again:\n"
            "  www.example.com: 192.0.2.11\n"
            "  www.example.com: 192.0.2.12");
  EXPECT_EQ(say(drained, "192.0.2.99", {.pool = name_of(kWww)}),
            "no: 192.0.2.99 is not a member of pool www.example.com");
}

TEST_F(Overrides, AllOrNothing) {
  serve(kTwo);
  EXPECT_EQ(say_of(drained, {"192.0.2.11", "192.0.2.98", "192.0.2.99"}),
            "no: nothing was changed:\n"
            "  192.0.2.98 is not a member of any pool\n"
            "  192.0.2.99 is not a member of any pool");
  EXPECT_EQ(
      say_of(drained, {"192.0.2.11", "192.0.2.12"}),
      "no: www.example.com A has no other live member than 192.0.2.11, 192.0.2.12; use --force "
      "to drain them anyway");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_TRUE(saved_.members.empty());
}

constexpr const char* kMailZone =
    "www A 192.0.2.11\nwww A 192.0.2.12\nmail MX 10 mx1\nmail MX 20 mx2\n"
    "mx1 A 192.0.2.11\nmx1 A 192.0.2.21\nmx2 A 192.0.2.22\n";

class MailOverrides : public Overrides {
 protected:
  MailOverrides() {
    PoolSpec mail = pool_of(kMail, {"smtp"});
    mail.records = PoolRecords::mx;
    serve(kMailZone, {pool_of(kWww), mail});
  }
};

TEST_F(MailOverrides, AnExchangeIsDrainedByItsName) {
  EXPECT_EQ(say(drained, "MX1.example.com"), "ok: MX1.example.com is drained in mail.example.com");
  EXPECT_THAT(answered(kMail), ElementsAre("mx2.example.com"));
  EXPECT_EQ(say(drained, "mx2.example.com"),
            "no: mx2.example.com is the last live member of mail.example.com MX; use --force to "
            "drain it anyway");
}

TEST_F(MailOverrides, AnExchangeServesWhileOneOfItsAddressesIsNotDrained) {
  say(drained, "192.0.2.21");
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com", "mx2.example.com"));
  say(drained, "192.0.2.11", {.pool = name_of(kMail)});
  EXPECT_THAT(answered(kMail), ElementsAre("mx2.example.com"));
  EXPECT_THAT(answered(kWww), ElementsAre("192.0.2.11", "192.0.2.12"));
}

TEST_F(Overrides, AnExchangeElsewhereCanBeDrained) {
  PoolSpec mail = pool_of(kMail, {"smtp"});
  mail.records = PoolRecords::mx;
  serve("www A 192.0.2.9\nmail MX 10 mx1\nmail MX 20 mx.example.net.\nmx1 A 192.0.2.21\n", {mail});
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com", "mx.example.net"));
  EXPECT_EQ(say(drained, "mx.example.net"), "ok: mx.example.net is drained in mail.example.com");
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com"));
  ASSERT_EQ(saved_.members.size(), 1U);
  EXPECT_EQ(saved_.members[0].exchange, "mx.example.net");
  load("mail MX 10 mx1\nmail MX 20 mx.example.net.\nmx1 A 192.0.2.21\nwww A 192.0.2.1\n");
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com")) << "it stays so over a reload";
  EXPECT_EQ(say(automatic, "*.net"), "ok: mx.example.net is auto again in mail.example.com");
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com", "mx.example.net"));
  die({"192.0.2.21"});
  EXPECT_THAT(answered(kMail), ElementsAre("mx.example.net"));
  EXPECT_EQ(say(drained, "mx.example.net").substr(0, 3), "no:") << "the last live one";
}

TEST_F(Overrides, AnExchangeThatGetsAnAddressStaysDrained) {
  PoolSpec mail = pool_of(kMail, {"smtp"});
  mail.records = PoolRecords::mx;
  serve("www A 192.0.2.9\nmail MX 10 mx1\nmail MX 20 mx2\nmx1 A 192.0.2.21\n", {mail});
  EXPECT_EQ(say(drained, "mx2.example.com"), "ok: mx2.example.com is drained in mail.example.com");
  load(
      "www A 192.0.2.9\nmail MX 10 mx1\nmail MX 20 mx2\nmx1 A 192.0.2.21\n"
      "mx2 A 192.0.2.22\n");
  probe();
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com"));
  EXPECT_EQ(status_of("192.0.2.22").override_kind, drained);
}

TEST_F(MailOverrides, AnAddressIsDrainedInAllOfItsPools) {
  std::string reply = say(drained, "192.0.2.11");
  EXPECT_THAT(reply, testing::AllOf(testing::HasSubstr(kWww), testing::HasSubstr(kMail)));
  EXPECT_THAT(answered(kWww), ElementsAre("192.0.2.12"));
  EXPECT_EQ(saved_.members.size(), 2U);
}

TEST_F(MailOverrides, OnePoolsRefusalIsTheWholeCommands) {
  say(drained, "192.0.2.12");
  EXPECT_EQ(say(drained, "192.0.2.11").substr(0, 3), "no:");
  EXPECT_THAT(answered(kMail), ElementsAre("mx1.example.com", "mx2.example.com"));
  EXPECT_EQ(saved_.members.size(), 1U);
}

TEST_F(Overrides, NoRestartIsAskedForAMemberUnderAnOverride) {
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

TEST_F(Overrides, AReloadKeepsThoseOfMembersThatStay) {
  serve("www A 192.0.2.11\nwww A 192.0.2.12\nwww A 192.0.2.13\n");
  say(drained, "192.0.2.11");
  say(drained, "192.0.2.12", lasting(5min));
  load("www A 192.0.2.11\nwww A 192.0.2.13\nwww A 192.0.2.14\n");
  EXPECT_THAT(answered(), ElementsAre("192.0.2.13", "192.0.2.14"));
  EXPECT_EQ(saved_.members.size(), 1U);
  EXPECT_THAT(told_, testing::Contains("www.example.com: 192.0.2.12 was drained, and is no member "
                                       "any more"));
  // New checks begin anew; what the operator said does not.
  stage_.configure({pool_of(kWww, {"other"})}, {"example.com"});
  keep();
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.13", "192.0.2.14"));
  load(kTwo);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "who came back is auto";
}

TEST_F(Overrides, APoolThatGoesTakesItsOverridesAlong) {
  serve();
  say(drained, "192.0.2.11");
  stage_.configure({}, {"example.com"});
  keep();
  step(ZoneUnchanged{name_of("example.com")});
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12"));
  EXPECT_TRUE(saved_.members.empty());
}

/// A roster of the next run, with what the last one has saved.
class OverridesAgain : public Overrides {
 protected:
  void restart(SavedOverrides saved, const std::string& tail = kTwo) {
    SavedState state;
    state.overrides = std::move(saved);
    stage_ = Stage(std::move(state));
    stage_.now = Instant(5h);  // another time line
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

TEST_F(OverridesAgain, OfWhomIsNoMemberAnyMoreAreForgotten) {
  restart(
      {.members = {{name_of(kWww), address_of("192.0.2.77"), "", drained, {}, ""},
                   {name_of("gone.example.com"), address_of("192.0.2.11"), "", drained, {}, ""}},
       .normal = false,
       .normal_left = {}});
  step(Stopping{});
  EXPECT_TRUE(saved_.members.empty());
}

TEST_F(Overrides, NormalServesTheWholeZoneFileUntilItEnds) {
  serve("www A 192.0.2.11\nwww A 192.0.2.12\nwww A 192.0.2.13\n");
  dead_ = {"192.0.2.12"};
  say(drained, "192.0.2.11");
  probe();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.13"));
  EXPECT_EQ(reply_to(NormalWanted{true, 10min}), "ok: normal is on for 10m");
  EXPECT_THAT(alerts_, ElementsAre("normal is on for 10m, by an operator"));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12", "192.0.2.13"));
  EXPECT_TRUE(stage_.roster.status(stage_.now).normal);
  EXPECT_EQ(stage_.roster.status(stage_.now).normal_left, 10min);
  dead_ = {"192.0.2.13"};
  probe();
  EXPECT_THAT(answered(), ElementsAre("192.0.2.11", "192.0.2.12", "192.0.2.13"));
  probe(10min);
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12")) << "as the probes say by now";
  EXPECT_FALSE(stage_.roster.status(stage_.now).normal);
}

TEST_F(Overrides, NormalIsEndedByAnOperator) {
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
