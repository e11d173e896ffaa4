#include "control/text.hpp"

#include <gtest/gtest.h>

#include "control/status_sample.hpp"
#include "control/views.hpp"

namespace rollcall::control {
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

TEST(Text, AFailedOpenPoolSaysSo) {
  roster::Status status = status_sample();
  status.pools[0].failed_open = true;
  status.pools[0].members.clear();
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("fail_open, FAILED OPEN: all are down, so all are answered\n"),
            std::string::npos);
}

TEST(Text, ADegradedMemberIsShownAsSuch) {
  roster::Status status = status_sample();
  status.pools[0].members[0].degraded = true;
  status.pools[0].members[0].reason = "certificate expires on 2026-12-01, in 3 days";
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->text.find("  192.168.0.1   degraded  yes   1h 1m  certificate expires on "
                             "2026-12-01, in 3 days\n"),
            std::string::npos)
      << reply->text;
}

TEST(Text, NothingFromAServiceReachesTheTerminalRaw) {
  roster::Status status = status_sample();
  status.pools[0].members[1].reason = "\x1b[2Jboo\n";
  const Result<ReplyText> reply = reply_text(status_reply(status));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text.find('\x1b'), std::string::npos);
  EXPECT_NE(reply->text.find("?[2Jboo?\n"), std::string::npos);
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
  EXPECT_TRUE(reply_text("HTTP/1.1 400").error().message.starts_with("the reply is no JSON: "));
  EXPECT_EQ(reply_text("{}").error().message, "the reply is none of rollcalld's");
  EXPECT_EQ(reply_text("[1]").error().message, "the reply is none of rollcalld's");
}

}  // namespace
}  // namespace rollcall::control
