/// Commands that name several members, exchanges, pools or patterns: all of them or none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served_pools.hpp"

namespace rollcall::roster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

using enum OverrideKind;

class OverrideCommand : public ServedPools {};

constexpr const char* kFour =
    "www A 192.0.2.11\nwww A 192.0.2.12\nwww A 192.0.2.21\nwww A 192.0.2.22\n";

TEST_F(OverrideCommand, SeveralMembersAreDrainedTogether) {
  serve(kFour);
  EXPECT_EQ(say_of(drained, {"192.0.2.11", "192.0.2.21"}, lasting(30min)),
            "ok: 2 members are drained for 30m:\n"
            "  www.example.com: 192.0.2.11\n"
            "  www.example.com: 192.0.2.21");
  EXPECT_THAT(told_,
              ElementsAre(is_told(
                  {.kind = NoticeKind::override_set, .name = kWww, .member = "192.0.2.11"},
                  OverrideFacts{
                      .kind = drained, .members = {"192.0.2.11", "192.0.2.21"}, .lasts = 30min})));
  EXPECT_THAT(answered(), ElementsAre("192.0.2.12", "192.0.2.22"));
}

TEST_F(OverrideCommand, APatternNamesAllThatMatch) {
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

TEST_F(OverrideCommand, APoolNamesAllOfItsMembers) {
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
              ElementsAre(is_told({.kind = NoticeKind::all_down, .name = kWww},
                                  PoolFacts{with({.primaries = 2}, {{PoolCount::drained, 2}})})));
  EXPECT_EQ(say(automatic, kWww),
            "ok: 2 members are auto again:\n"
            "  www.example.com: 192.0.2.11\n"
            "  www.example.com: 192.0.2.12");
  EXPECT_EQ(say(drained, "192.0.2.99", {.pool = name_of(kWww)}),
            "no: 192.0.2.99 is not a member of pool www.example.com");
}

TEST_F(OverrideCommand, AllOrNothing) {
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

class MailOverrides : public OverrideCommand {
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

TEST_F(OverrideCommand, AnExchangeElsewhereCanBeDrained) {
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

TEST_F(OverrideCommand, AnExchangeThatGetsAnAddressStaysDrained) {
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

}  // namespace
}  // namespace rollcall::roster
