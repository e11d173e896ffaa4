#include "api/text.hpp"

#include <gtest/gtest.h>

#include "api/status_filter.hpp"
#include "api/status_sample.hpp"
#include "api/views.hpp"

namespace rollcall::api {
namespace {

TEST(Text, StatusIsAlignedTables) {
  const Result<ReplyText> reply = reply_text(status_reply(status_sample()));
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->ok);
  EXPECT_EQ(reply->text, R"(rollcalld 0.1.0, up for 1d 1h

ZONE          STATE    SERIAL      RECORDS  PROBLEM
mydomain.com  served   2000030101  27
b.org         refused  0           0        db.b:3: no SOA

POOL www.mydomain.com: web, fail_open
  MEMBER        HEALTH  LIVE  SINCE  REASON
  192.168.0.1   up      yes   1h 1m
  192.168.0.22  down    no    1m 1s  connection refused

POOL mydomain.com MX: smtp, fail_open
  MEMBER                        HEALTH  LIVE  SINCE  REASON
  mx1.mydomain.com 192.168.0.5  up      yes   5s
)");
}

TEST(Text, OverridesHaveAColumnWhereThereAreSome) {
  pool::Status status = status_sample();
  status.zones.clear();
  status.pools.pop_back();
  status.normal = true;
  status.normal_left = std::chrono::minutes(9);
  pool::MemberStatus& member = status.pools[0].members[1];
  member.override_kind = pool::OverrideKind::drained;
  member.override_left = std::chrono::seconds(1790);
  member.override_reason = "new disk\x07";
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, R"(rollcalld 0.1.0, up for 1d 1h

NORMAL is on, 9m 0s left: everything in the zone files is answered

ZONE  STATE  SERIAL  RECORDS  PROBLEM

POOL www.mydomain.com: web, fail_open
  MEMBER        HEALTH  LIVE  SINCE  OVERRIDE                             REASON
  192.168.0.1   up      yes   1h 1m
  192.168.0.22  down    no    1m 1s  drained, 29m 50s left: new disk\x07  connection refused
)");
}

TEST(Text, AFailedOpenPoolSaysSo) {
  pool::Status status = status_sample();
  status.pools[0].failed_open = true;
  status.pools[0].all_down_count = pool::PoolCount{.of = {2}};
  status.pools[0].members.clear();
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("fail_open, FAILED OPEN: no usable member: all 2 are drained; "
                             "returning all (fail_open)\n"),
            std::string::npos);
}

TEST(Text, TiersHaveAColumnWhereThereAreSome) {
  pool::Status status = status_sample();
  status.zones.clear();
  status.pools.pop_back();
  pool::PoolStatus& pool = status.pools[0];
  pool.all_down = true;
  pool.when_all_down = "fallback";
  pool.all_down_count = pool::PoolCount{
      .of = {0, 0, 1, 0, 1}, .min_healthy = 60, .when_all_down = pool::WhenAllDown::fallback};
  pool.min_healthy = 60;
  pool.members[1].tier = pool::Tier::backup;
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, R"(rollcalld 0.1.0, up for 1d 1h

ZONE  STATE  SERIAL  RECORDS  PROBLEM

POOL www.mydomain.com: web, fallback, at least 60 % up, FALLBACK: too few usable members: 1 of 2 is up, 60 % are needed; returning the fallback
  MEMBER        HEALTH  LIVE  SINCE  TIER     REASON
  192.168.0.1   up      yes   1h 1m  primary
  192.168.0.22  down    no    1m 1s  backup   connection refused
)");
}

TEST(Text, SharesHaveAColumnWhereTheyDiffer) {
  pool::Status status = status_sample();
  status.pools[0].members[0].share = 0.5;
  status.pools[0].max_answers = 1;
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find(R"(
POOL www.mydomain.com: web, fail_open, at most 1 answered
  MEMBER        HEALTH  LIVE  SINCE  SHARE  REASON
  192.168.0.1   up      yes   1h 1m  0.5
  192.168.0.22  down    no    1m 1s  1      connection refused
)"),
            std::string::npos)
      << reply->text;
}

TEST(Text, APoolThatOnlyObservesSaysWhatWouldBe) {
  pool::Status status = status_sample();
  status.pools[0].observe_only = true;
  status.pools[0].members[1].live = true;
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find(R"(
POOL www.mydomain.com: web, fail_open, OBSERVE ONLY: nothing is left out
  MEMBER        HEALTH  LIVE      SINCE  REASON
  192.168.0.1   up      yes       1h 1m
  192.168.0.22  down    yes (no)  1m 1s  connection refused
)"),
            std::string::npos)
      << reply->text;
}

TEST(Text, ADegradedMemberIsShownAsSuch) {
  pool::Status status = status_sample();
  status.pools[0].members[0].degraded = true;
  status.pools[0].members[0].reason = "certificate expires on 2026-12-01, in 3 days";
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("  192.168.0.1   degraded  yes   1h 1m  certificate expires on "
                             "2026-12-01, in 3 days\n"),
            std::string::npos)
      << reply->text;
}

TEST(Text, WhoIsKeptBackSaysWhy) {
  pool::Status status = status_sample();
  status.pools.pop_back();
  pool::MemberStatus& member = status.pools[0].members[0];
  member.flap_penalty = 2300.4;
  status.pools[0].flap_damping = true;
  member.kept_back = pool::KeptBack::flapping;
  member.kept_left = std::chrono::seconds(483);
  member.live = false;
  member.would_be_live = false;
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find(R"(
  MEMBER        HEALTH                     LIVE  SINCE  PENALTY  REASON
  192.168.0.1   up (flapping, 8m 3s left)  no    1h 1m  2300
  192.168.0.22  down                       no    1m 1s  0        connection refused
)"),
            std::string::npos)
      << reply->text;
}

TEST(Text, FrozenAnswersStandAtTheTop) {
  pool::Status status = status_sample();
  status.zones.clear();
  status.pools.pop_back();
  status.pools[0].members[1].held = true;
  status.frozen = {{.why = pool::Isolation::mass_drop,
                    .fallen = 5,
                    .members = 8,
                    .window = std::chrono::seconds(10)},
                   std::chrono::seconds(61),
                   5};
  status.witnesses = {{*IpAddress::parse("192.0.2.1"), "gateway", false},
                      {*IpAddress::parse("192.0.2.2"), "gateway", std::nullopt}};
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text, R"(rollcalld 0.1.0, up for 1d 1h

FROZEN for 1m 1s: 5 of 8 members went down within 10s. 5 members are down and still answered; "rollcallctl thaw" ends the freeze

ZONE  STATE  SERIAL  RECORDS  PROBLEM

WITNESS    CHECK    ANSWERS
192.0.2.1  gateway  no
192.0.2.2  gateway  unknown

POOL www.mydomain.com: web, fail_open
  MEMBER        HEALTH       LIVE  SINCE  REASON
  192.168.0.1   up           yes   1h 1m
  192.168.0.22  down (held)  no    1m 1s  connection refused
)");
}

TEST(Text, WitnessesThatHaveNeverAnsweredAreSaidToHaveNoVote) {
  pool::Status status = status_sample();
  status.zones.clear();
  status.pools.clear();
  status.witnesses = {{*IpAddress::parse("192.0.2.1"), "gateway", false, false}};
  EXPECT_EQ(reply_text(status_reply(status))->text, R"(rollcalld 0.1.0, up for 1d 1h

NO WITNESS has answered yet: only max_drop guards the answers, and no agent is asked for a restart

ZONE  STATE  SERIAL  RECORDS  PROBLEM

WITNESS    CHECK    ANSWERS
192.0.2.1  gateway  never: no vote
)");
  status.witnesses.push_back({*IpAddress::parse("192.0.2.2"), "gateway", true, true});
  EXPECT_FALSE(reply_text(status_reply(status))->text.contains("NO WITNESS"));
}

TEST(Text, AFailedClosedPoolSaysSo) {
  pool::Status status = status_sample();
  status.pools[0].all_down = true;
  status.pools[0].when_all_down = "fail_closed";
  status.pools[0].all_down_count =
      pool::PoolCount{.of = {0, 0, 2}, .when_all_down = pool::WhenAllDown::fail_closed};
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("fail_closed, FAILED CLOSED: no usable member: all 2 are down; "
                             "returning none (fail_closed)\n"),
            std::string::npos);
}

TEST(Text, NothingFromAServiceReachesTheTerminalRaw) {
  pool::Status status = status_sample();
  status.pools[0].members[1].reason = "\x1b[2Jboo\n\xC2\x9B\xE2\x80\xAE\xff";
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text.find('\x1b'), std::string::npos);
  EXPECT_NE(reply->text.find(R"(\x1b[2Jboo\n\u009b\u202e\xff)"), std::string::npos);
}

TEST(Text, ARestartThatWasNotAskedForSaysWhy) {
  pool::Status status = status_sample();
  pool::MemberStatus& member = status.pools[0].members[1];
  member.restart = "apache";
  member.restart_outlook = {.course = pool::RestartOutlook::Course::overridden,
                            .override_kind = pool::OverrideKind::drained};
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("connection refused; restart of apache not asked: drained\n"),
            std::string::npos)
      << reply->text;
}

TEST(Text, FloatingAddressesAndForwardsHaveTables) {
  using namespace std::chrono_literals;
  const auto at = [](const char* text) { return *IpAddress::parse(text); };
  pool::Status status;
  status.version = "0.1.0";
  status.take_overs_stopped = 59min;
  status.forwards_stopped = 30min;
  status.floating = {
      {.address = at("192.0.2.80"),
       .owner = at("192.0.2.3"),
       .owner_health = pool::State::up,
       .holders = {{.node = at("192.0.2.3")}}},
      {.address = at("192.0.2.81"),
       .owner = at("192.0.2.4"),
       .owner_health = pool::State::down,
       .holders = {{.node = at("192.0.2.5"), .lasted = 125s}, {.node = at("192.0.2.6")}}},
      {.address = at("192.0.2.82"),
       .owner = at("192.0.2.4"),
       .waits = {.node = at("192.0.2.5"), .wait = pool::TakeOverFacts::Wait::owner_answers}}};
  const dns::Name www = dns::Name::parse("www.mydomain.com").value();
  status.forwards = {{.pool = www,
                      .member = at("192.0.2.1"),
                      .service = "web",
                      .to = at("192.0.2.2"),
                      .lasted = 61s},
                     {.pool = www,
                      .member = at("192.0.2.7"),
                      .service = "web",
                      .problem = "nft: Operation not permitted"}};
  EXPECT_EQ(reply_text(status_reply(status))->text, R"(rollcalld 0.1.0, up for 0s

TAKE-OVERS are stopped, 59m 0s left: the last ones have failed; "rollcallctl thaw --restarts" ends the stop

FORWARDS are stopped, 30m 0s left: the last ones have failed; "rollcallctl thaw --restarts" ends the stop

ZONE  STATE  SERIAL  RECORDS  PROBLEM

FLOATING    OWNER      HEALTH   HELD BY        SINCE                   REASON
192.0.2.80  192.0.2.3  up       192.0.2.3      found there
192.0.2.81  192.0.2.4  down     192.0.2.5      2m 5s, asked from here
                                192.0.2.6                              has it too
192.0.2.82  192.0.2.4  unknown  no node known                          192.0.2.5 still sees it: the path from here to it may be broken

FORWARD    POOL              SERVICE  TO             SINCE  REASON
192.0.2.1  www.mydomain.com  web      192.0.2.2      1m 1s
192.0.2.7  www.mydomain.com  web      not forwarded         nft: Operation not permitted
)");
}

TEST(Text, AnExchangeElsewhereIsNotProbed) {
  pool::Status status = status_sample();
  status.pools[1].members.push_back({.address = {},
                                     .live = true,
                                     .since = std::chrono::seconds(5),
                                     .reason = {},
                                     .restart = {},
                                     .exchange = "mx.example.net",
                                     .elsewhere = true});
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("  mx.example.net                unknown  yes   5s     no address in "
                             "the zones served here: not probed\n"),
            std::string::npos)
      << reply->text;
}

TEST(Text, APoolOnItsBackupSaysSo) {
  pool::Status status = status_sample();
  status.pools[0].on_backup = true;
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("fail_open, ON BACKUP: too few primary members are usable\n"),
            std::string::npos);
}

TEST(Text, APartOfTheStatusHasNoEmptyTables) {
  const auto shown = [](const StatusRequest& wanted) {
    return reply_text(status_reply(filtered(status_sample(), wanted), true)).value().text;
  };
  EXPECT_EQ(shown({.state = "down"}), R"(rollcalld 0.1.0, up for 1d 1h

POOL www.mydomain.com: web, fail_open
  MEMBER        HEALTH  LIVE  SINCE  REASON
  192.168.0.22  down    no    1m 1s  connection refused
)");
  EXPECT_EQ(shown({.pool = "ftp.*"}), "rollcalld 0.1.0, up for 1d 1h\n\nnothing matches\n");
}

TEST(Text, AMessageKeepsItsLines) {
  const Result<ReplyText> done = reply_text(done_reply("done in 0.1 s\nStopping\r\n\tdone\x1b\n"));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->text, "done in 0.1 s\nStopping\n\tdone\\x1b\n");
}

TEST(Text, TransferredZones) {
  pool::Status status;
  pool::ZoneStatus zone{.origin = dns::Name::parse("a.org").value(),
                        .state = pool::ZoneState::served,
                        .serial = 9,
                        .records = 4,
                        .problem = {}};
  zone.transfer = pool::TransferStatus{.primary = *Endpoint::parse("192.0.2.1:53"),
                                       .serial = 7,
                                       .confirmed_ago = std::chrono::seconds(4),
                                       .next_in = std::chrono::seconds(3542),
                                       .expires_in = std::chrono::hours(50),
                                       .problem = {}};
  status.zones = {zone};
  zone.origin = dns::Name::parse("b.org").value();
  zone.transfer->serial.reset();
  zone.transfer->confirmed_ago.reset();
  zone.transfer->next_in.reset();
  zone.transfer->expires_in.reset();
  status.zones.push_back(zone);
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(
      reply->text.find("TRANSFERRED  PRIMARY       ITS SERIAL  CONFIRMED  NEXT       EXPIRES\n"
                       "a.org        192.0.2.1:53  7           4s ago     in 59m 2s  in 2d 2h\n"
                       "b.org        192.0.2.1:53  none        never      now        never\n"),
      std::string::npos)
      << reply->text;
}

TEST(Text, ColumnsCountCharacters) {
  pool::Status status = status_sample();
  status.zones = {
      {dns::Name::parse("a.org").value(), pool::ZoneState::refused, 0, 0, "db.\xC3\xA4:3: no SOA"}};
  status.pools.pop_back();
  status.pools[0].members[0].override_kind = pool::OverrideKind::drained;
  status.pools[0].members[0].override_reason = "M\xC3\xBCnchen";
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("  192.168.0.1   up      yes   1h 1m  drained: M\xC3\xBCnchen\n"
                             "  192.168.0.22  down    no    1m 1s                    connection"),
            std::string::npos)
      << reply->text;
}

TEST(Text, DoneAndFailure) {
  const Result<ReplyText> done = reply_text(done_reply("all zones are read again"));
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->ok);
  EXPECT_EQ(done->text, "all zones are read again\n");
  const Result<ReplyText> failure = reply_text(failure_reply(
      "mydomain.com keeps its old version",
      {{Severity::error, {"db", 3, 4}, "bad"}, {Severity::warning, {"db", 5, 0}, "odd"}}));
  ASSERT_TRUE(failure);
  EXPECT_FALSE(failure->ok);
  EXPECT_EQ(failure->text,
            "mydomain.com keeps its old version\ndb:3:4: error: bad\ndb:5: warning: odd\n");
}

TEST(Text, WhatIsNoReply) {
  EXPECT_TRUE(reply_text("HTTP/1.1 400").error().message.starts_with("the reply is not JSON: "));
  EXPECT_EQ(reply_text("{}").error().message, "the reply is not from rollcalld");
  EXPECT_EQ(reply_text("[1]").error().message, "the reply is not from rollcalld");
}

TEST(Text, ChannelsOfATestHaveALineEach) {
  const auto shown = reply_text(channels_reply(
      {{"mail", "smtp://127.0.0.1:25", true, "250 2.0.0 Ok: queued as 4F2"},
       {"exec", "/usr/local/bin/page", false, "the program failed: exit status 7: no \x1b line"}}));
  ASSERT_TRUE(shown);
  EXPECT_FALSE(shown->ok);
  EXPECT_EQ(shown->text,
            "1 of 2 channels failed\n"
            "mail (smtp://127.0.0.1:25): sent: 250 2.0.0 Ok: queued as 4F2\n"
            "exec (/usr/local/bin/page): failed: the program failed: exit status 7: no \\x1b "
            "line\n");
  EXPECT_TRUE(reply_text(channels_reply({{"mail", "x", true, "250 Ok"}}))->ok);
}

}  // namespace
}  // namespace rollcall::api
