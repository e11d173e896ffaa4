/// The isolation guard: when answers are frozen, for how long, and who is held.
#include "roster/guard.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Isolation, IsAMassDropOrTheWitnessesSilence) {
  struct Row {
    Sightings seen;
    Isolation why;
    const char* what;
  };
  using enum Isolation;
  for (const Row& row : {
           Row{{.members = 8, .fallen = 4, .fell = true}, none, "half of them"},
           Row{{.members = 8, .fallen = 5, .fell = true}, mass_drop, "more than half"},
           Row{{.members = 7, .fallen = 7, .fell = true}, none, "too few to tell"},
           Row{{.members = 100000, .fallen = 50001, .fell = true}, mass_drop, "many"},
           Row{{.members = 2, .fell = true, .witnesses = 2, .silent = 2},
               witnesses_silent,
               "at a first probe too"},
           Row{{.members = 2, .fell = true, .witnesses = 2, .silent = 1}, none, "one answers"},
           Row{{.members = 2, .witnesses = 1, .silent = 1}, none, "nobody is down"},
           Row{{.members = 8, .fallen = 8, .fell = true, .witnesses = 1},
               mass_drop,
               "the witness will be asked"},
           Row{{.members = 8, .fell = true, .witnesses = 0, .silent = 1}, none, "it is muted"},
       }) {
    EXPECT_EQ(isolation(row.seen, {}), row.why) << row.what;
  }
  const Sightings all{.members = 8, .fallen = 8, .fell = true};
  EXPECT_EQ(isolation(all, {.witnesses = {}, .max_drop = 100}), none) << "no limit";
  EXPECT_EQ(isolation(all, {.witnesses = {}, .max_drop_from = 9}), none);
  EXPECT_EQ(isolation({.members = 8, .fallen = 1}, {.witnesses = {}, .max_drop = 0}), mass_drop);
}

TEST(Falls, CountWithinTheWindow) {
  const Instant start{1h};
  Falls falls;
  for (const Duration at : {0s, 1s, 1s, 5s}) falls.add(start + at);
  EXPECT_EQ(falls.within(10s, start + 5s), 4U);
  falls.take_back(start + 1s);
  falls.take_back(start + 2s);
  EXPECT_EQ(falls.within(10s, start + 5s), 3U) << "nobody fell at 2 s";
  EXPECT_EQ(falls.within(10s, start + 10s), 2U);
  EXPECT_EQ(falls.within(10s, start + 15s), 0U);
}

class Guard : public ServedPools {
 protected:
  void serve_many(int count) {
    std::string tail;
    for (int i = 1; i <= count; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
    PoolSpec pool = pool_of(kWww);
    pool.restart = "apache";
    serve(tail, {pool});
  }
  void add_witness(const std::string& address) {
    guard_.witnesses.push_back({address_of(address), check_of("gateway")});
  }
  std::set<std::string> first(int count) {
    std::set<std::string> members;
    for (int i = 1; i <= count; ++i) members.insert(fmt::format("192.0.2.{}", 10 + i));
    return members;
  }
  std::optional<FreezeStatus> frozen() const { return stage_.roster.status(stage_.now).frozen; }
  int alerts_of(const std::string& word) const {
    return static_cast<int>(std::ranges::count_if(
        alerts_, [&](const std::string& alert) { return alert.contains(word); }));
  }
};

TEST_F(Guard, HoldsAMassDropUntilTheMembersAreBack) {
  serve_many(8);
  const int before = restarts_;
  die(first(5));
  ASSERT_TRUE(frozen());
  EXPECT_EQ(frozen()->why, "5 of 8 members went down within 10s");
  EXPECT_EQ(frozen()->held, 5U);
  EXPECT_THAT(answered(), SizeIs(8)) << "the first to fall are back too";
  EXPECT_EQ(alerts_of("frozen"), 1);
  EXPECT_LE(alerts_of("is down"), 4) << "those before it was seen";
  EXPECT_TRUE(status_of("192.0.2.11").held);
  EXPECT_EQ(status_of("192.0.2.11").health, Health::down);
  EXPECT_LE(restarts_, before + 1) << "one that was asked for before";

  const std::uint32_t serial = zone_->watch_table().serial();
  die(first(8));
  EXPECT_EQ(frozen()->held, 8U);
  EXPECT_THAT(alerts_, IsEmpty());
  EXPECT_THAT(details_, SizeIs(3));
  EXPECT_THAT(details_, Contains("answers are frozen: they stay as they were"));
  EXPECT_EQ(zone_->watch_table().serial(), serial) << "no probe changes a mask";

  die({});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(alerts_, ElementsAre("answers follow the probes again: all members that had gone "
                                   "down are up again"));
  EXPECT_THAT(answered(), SizeIs(8));
}

TEST_F(Guard, NobodyIsTakenBackWhileAnswersAreFrozen) {
  std::string tail;
  for (int i = 1; i <= 9; ++i) tail += fmt::format("www A 192.0.2.{}\n", 10 + i);
  PoolSpec pool = pool_of(kWww);
  pool.failback = 2min;
  serve(tail, {pool});
  die({"192.0.2.19"});
  die({});
  EXPECT_THAT(answered(), SizeIs(8)) << "it waits for its failback";
  die(first(5));
  ASSERT_TRUE(frozen());
  die(first(5), 5min);
  EXPECT_THAT(answered(), SizeIs(8));
  EXPECT_EQ(status_of("192.0.2.19").kept_left, Duration{});
  die({});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), SizeIs(9)) << "those that were held never were out";
}

TEST_F(Guard, LetsFewerThanTheFloorGo) {
  serve_many(7);
  die(first(6));
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.17"));
}

TEST_F(Guard, LetsThemGoOneAfterTheOther) {
  serve_many(8);
  for (int dead = 1; dead <= 7; ++dead) die(first(dead), 30s);
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.18"));
}

TEST_F(Guard, AnOperatorsWordEndsIt) {
  serve_many(8);
  EXPECT_EQ(reply_to(ThawWanted{}), "ok: answers were not frozen");
  die(first(5));
  EXPECT_EQ(reply_to(ThawWanted{}), "ok: answers follow the probes again: 5 members are down");
  EXPECT_THAT(alerts_, ElementsAre("answers follow the probes again: an operator says so"));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.16", "192.0.2.17", "192.0.2.18"));
  probe();
  EXPECT_FALSE(frozen());
}

TEST_F(Guard, WhatIsHeldIsSavedAsItIsAnswered) {
  serve_many(8);
  die(first(5));
  step(Stopping{});
  EXPECT_THAT(saved_health_.members, SizeIs(8));
  for (const SavedMember& member : saved_health_.members) EXPECT_TRUE(member.up);
}

TEST_F(Guard, AMemberThatIsRemovedHoldsNothing) {
  serve_many(8);
  die(first(5));
  load("www A 192.0.2.16\nwww A 192.0.2.17\n");
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.16", "192.0.2.17"));
}

TEST_F(Guard, SilentWitnessesHoldASingleMember) {
  add_witness("192.0.2.1");
  add_witness("192.0.2.2");
  serve_many(2);
  die({"192.0.2.11", "192.0.2.1"});
  EXPECT_FALSE(frozen()) << "one witness answers";
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
  die({});
  die({"192.0.2.11", "192.0.2.1", "192.0.2.2"});
  ASSERT_TRUE(frozen());
  EXPECT_EQ(frozen()->why, "members go down, and of 2 witnesses none answers");
  EXPECT_THAT(answered(), SizeIs(2));
  const Status status = stage_.roster.status(stage_.now);
  ASSERT_THAT(status.witnesses, SizeIs(2));
  EXPECT_EQ(status.witnesses[1].answers, false);
  EXPECT_EQ(status.witnesses[1].check, "gateway");

  die({"192.0.2.11"});
  EXPECT_THAT(alerts_,
              Contains(HasSubstr("answers follow the probes again: the witness 192.0.2.")));
  EXPECT_THAT(details_, Contains("1 members count as up until they are probed"));
  EXPECT_FALSE(frozen());
  EXPECT_THAT(alerts_, Contains("www.example.com: 192.0.2.11 is down: refused"))
      << "its probes have begun anew";
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(Guard, AnOperatorKnowsOfTheWitnessesSilence) {
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

TEST_F(Guard, AWitnessThatAnswersTellsThatItIsThem) {
  add_witness("192.0.2.1");
  serve_many(8);
  die(first(6));
  EXPECT_EQ(alerts_of("frozen"), 1);
  EXPECT_THAT(alerts_, Contains("answers follow the probes again: the witness 192.0.2.1 answers"));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.17", "192.0.2.18"));
}

TEST_F(Guard, AWitnessThatAsksToBeLeftOutIsHeard) {
  add_witness("192.0.2.1");
  serve_many(2);
  withdrawn_ = {"192.0.2.1"};
  die({"192.0.2.11"});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12"));
}

TEST_F(Guard, AWitnessIsAskedByItsOwnAddressAndTheChecksPort) {
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

TEST_F(Guard, AWitnessesFileIsReadWhenItIsWritten) {
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

TEST_F(Guard, WitnessesComeAndGoWithTheConfiguration) {
  add_witness("192.0.2.1");
  serve_many(2);
  stage_.configure({pool_of(kWww)}, {"example.com"});
  step(ZoneUnchanged{name_of("example.com")});
  stage_.probes.clear();
  die({"192.0.2.11", "192.0.2.1"});
  EXPECT_FALSE(frozen());
  EXPECT_THAT(stage_.roster.status(stage_.now).witnesses, IsEmpty());
}

}  // namespace
}  // namespace rollcall::roster
