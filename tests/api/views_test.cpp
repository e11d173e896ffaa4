#include "api/views.hpp"

#include <gtest/gtest.h>

#include "api/status_sample.hpp"

namespace rollcall::api {
namespace {

TEST(Views, StatusIsOneLine) {
  EXPECT_EQ(
      status_reply(status_sample()),
      R"({"ok":true,"status":{"version":"0.1.0","uptime_ms":90061000,)"
      R"("normal":false,"normal_left_ms":null,"frozen":null,"witnesses":[],"restarts_stopped_ms":null,"take_overs_stopped_ms":null,"forwards_stopped_ms":null,"floating":[],"forwards":[],"zones":[)"
      R"({"name":"mydomain.com","state":"served","serial":2000030101,"records":27,"problem":"","transfer":null},)"
      R"({"name":"b.org","state":"refused","serial":0,"records":0,"problem":"db.b:3: no SOA","transfer":null}],)"
      R"("pools":[{"name":"www.mydomain.com","records":"address","checks":"web","when_all_down":"fail_open",)"
      R"("failed_open":false,"all_down":false,"min_healthy":0,"observe_only":false,"max_answers":0,"zone":".","all_down_text":"","all_down_count":null,"flap_damping":false,"on_backup":false,"members":[)"
      R"({"address":"192.168.0.1","exchange":"","health":"up","live":true,"since_ms":3700000,"reason":"",)"
      R"("restart":"apache","probes":12,"degraded":false,"percent":null,"weight":1,"share":1E0,"override":"auto","override_left_ms":null,"override_reason":"",)"
      R"("tier":"primary","flap_penalty":0,"kept_back":"","kept_back_left_ms":null,"held":false,"would_be_live":true,"restart_note":"","restart_outlook":null},)"
      R"({"address":"192.168.0.22","exchange":"","health":"down","live":false,"since_ms":61500,)"
      R"("reason":"connection refused","restart":"","probes":13,"degraded":false,"percent":null,"weight":1,"share":1E0,"override":"auto","override_left_ms":null,)"
      R"("override_reason":"","tier":"primary","flap_penalty":0,"kept_back":"","kept_back_left_ms":null,"held":false,"would_be_live":false,"restart_note":"","restart_outlook":null}]},)"
      R"({"name":"mydomain.com","records":"MX","checks":"smtp","when_all_down":"fail_open",)"
      R"("failed_open":false,"all_down":false,"min_healthy":0,"observe_only":false,"max_answers":0,"zone":".","all_down_text":"","all_down_count":null,"flap_damping":false,"on_backup":false,"members":[)"
      R"({"address":"192.168.0.5","exchange":"mx1.mydomain.com","health":"up","live":true,)"
      R"("since_ms":5000,"reason":"","restart":"","probes":3,"degraded":false,"percent":null,"weight":1,"share":1E0,"override":"auto","override_left_ms":null,)"
      R"("override_reason":"","tier":"primary","flap_penalty":0,"kept_back":"","kept_back_left_ms":null,"held":false,"would_be_live":true,"restart_note":"","restart_outlook":null}]}]}})");
}

TEST(Views, TextFromOutsideIsValidAndPrintableJson) {
  pool::Status status = status_sample();
  status.zones[1].problem = "db\xff:3: \x1b[2J \xC2\x9B \xE2\x80\xAE no SOA";
  EXPECT_NE(status_reply(status).find(R"("problem":"db\\xff:3: \\x1b[2J \\u009b \\u202e no SOA")"),
            std::string::npos);
  EXPECT_EQ(failure_reply("\xff", {{Severity::error, {"\xC3", 1, 1}, "\x9B"}}),
            R"({"ok":false,"error":"\\xff","diagnostics":[{"severity":"error","file":"\\xc3",)"
            R"("line":1,"column":1,"message":"\\x9b"}]})");
  EXPECT_EQ(done_reply("one\r\ntwo"), R"({"ok":true,"message":"one\ntwo"})");
}

TEST(Views, AnEmptyStatusHasEmptyLists) {
  EXPECT_EQ(
      status_reply({}),
      R"({"ok":true,"status":{"version":"","uptime_ms":0,"normal":false,)"
      R"("normal_left_ms":null,"frozen":null,"witnesses":[],"restarts_stopped_ms":null,"take_overs_stopped_ms":null,"forwards_stopped_ms":null,"floating":[],"forwards":[],"zones":[],"pools":[]}})");
}

TEST(Views, WhatTheStatusSaysInWordsIsDataToo) {
  pool::Status status = status_sample();
  pool::PoolCount count{.when_all_down = pool::WhenAllDown::fail_closed};
  count.of[pool::PoolCount::drained] = 1;
  count.of[pool::PoolCount::down] = 1;
  status.pools[0].all_down_count = count;
  status.pools[0].members[1].restart_outlook = {.course = pool::RestartOutlook::Course::paused,
                                                .left = std::chrono::seconds(90),
                                                .pause = std::chrono::minutes(5)};
  status.frozen = {{.why = pool::Isolation::mass_drop, .fallen = 3, .members = 4}, {}, 3};
  const std::string reply = status_reply(status);
  const auto has = [&reply](std::string_view part) { return reply.contains(part); };
  EXPECT_TRUE(has(R"-("all_down_text":"no usable member: 1 drained, 1 down; returning none )-"
                  R"-((fail_closed)","all_down_count":{"drained":1,"forced_down":0,"down":1,)-"
                  R"-("kept_back":0,"usable":0})-"))
      << reply;
  EXPECT_TRUE(has(R"("restart_note":"asked again in 90s: at most once in 5m","restart_outlook":)"
                  R"({"course":"paused","left_ms":90000,"pause_ms":300000})"))
      << reply;
  EXPECT_TRUE(has(R"("cause":"mass_drop","fallen":3,"members":4)")) << reply;
}

TEST(Views, OverridesTellWhatIsLeftOfThem) {
  pool::Status status;
  status.normal = true;
  status.normal_left = std::chrono::seconds(90);
  status.pools.push_back({.name = {}, .checks = {}, .when_all_down = {}, .members = {{}}});
  status.pools[0].members[0].override_kind = pool::OverrideKind::forced_down;
  status.pools[0].members[0].override_left = std::chrono::minutes(2);
  status.pools[0].members[0].override_reason = "new disk";
  const std::string reply = status_reply(status);
  EXPECT_NE(reply.find(R"("normal":true,"normal_left_ms":90000,)"), std::string::npos);
  EXPECT_NE(reply.find(R"("override":"forced-down","override_left_ms":120000,)"
                       R"("override_reason":"new disk")"),
            std::string::npos);
}

TEST(Views, DoneAndFailure) {
  EXPECT_EQ(done_reply("reloaded \"a\"\n"), R"({"ok":true,"message":"reloaded \"a\"\n"})");
  EXPECT_EQ(done_reply("good", {{Severity::warning, {"db", 3, 1}, "odd"}}),
            R"({"ok":true,"message":"good","diagnostics":[{"severity":"warning","file":"db",)"
            R"("line":3,"column":1,"message":"odd"}]})");
  EXPECT_EQ(failure_reply("no such zone"), R"({"ok":false,"error":"no such zone"})");
  EXPECT_EQ(failure_reply("refused", {{Severity::warning, {"db", 3, 0}, "odd"}}),
            R"({"ok":false,"error":"refused","diagnostics":[{"severity":"warning","file":"db",)"
            R"("line":3,"column":0,"message":"odd"}]})");
}

TEST(Views, OfAReload) {
  const Diagnostics error{{Severity::error, {"db", 3, 0}, "odd"}};
  const std::string found = R"("diagnostics":[{"severity":"error","file":"db",)"
                            R"("line":3,"column":0,"message":"odd"}]})";
  EXPECT_EQ(reload_reply({.zones = 1}, {}), R"({"ok":true,"message":"1 zone reloaded"})");
  EXPECT_EQ(reload_reply({.zones = 3}, {{Severity::warning, {"db", 3, 0}, "odd"}}),
            R"({"ok":true,"message":"3 zones reloaded"})")
      << "warnings are in the log";
  EXPECT_EQ(reload_reply({.zones = 3, .refused = 1}, error),
            R"({"ok":false,"error":"1 of 3 zones refused; their old versions stay",)" + found);
  for (const bool configuration : {true, false}) {
    EXPECT_EQ(reload_reply({.configuration = configuration}, error),
              R"({"ok":false,"error":"nothing was reloaded; everything stays as it was",)" + found);
  }
}

TEST(Views, OfAChangeThatIsNotSaved) {
  EXPECT_EQ(unsaved_reply("192.0.2.1 is drained", "cannot write /x: No space left on device"),
            R"({"ok":false,"error":"192.0.2.1 is drained, but this is lost at a restart: )"
            R"(cannot write /x: No space left on device"})");
  EXPECT_EQ(unsaved_reply("normal is on", ""),
            R"({"ok":false,"error":"normal is on, but this is lost at a restart: )"
            R"(the disk does not respond"})");
}

TEST(Views, ATransferredZone) {
  pool::Status status;
  pool::ZoneStatus zone{.origin = dns::Name::parse("a.b").value()};
  zone.transfer = pool::TransferStatus{.primary = *Endpoint::parse("192.0.2.1:53"),
                                       .serial = {},
                                       .confirmed_ago = {},
                                       .next_in = std::chrono::seconds(2),
                                       .expires_in = {},
                                       .problem = "no answer"};
  status.zones = {zone};
  EXPECT_NE(status_reply(status).find(
                R"("transfer":{"primary":"192.0.2.1:53","serial":null,"confirmed_ago_ms":null,)"
                R"("next_in_ms":2000,"expires_in_ms":null,"problem":"no answer"})"),
            std::string::npos)
      << status_reply(status);
}

TEST(Views, Words) {
  EXPECT_EQ(to_word(pool::State::unknown), "unknown");
  EXPECT_EQ(to_word(pool::State::up), "up");
  EXPECT_EQ(to_word(pool::State::down), "down");
  EXPECT_EQ(to_word(pool::ZoneState::served), "served");
  EXPECT_EQ(to_word(pool::ZoneState::not_ready), "not_ready");
  EXPECT_EQ(to_word(pool::ZoneState::refused), "refused");
  EXPECT_EQ(to_word(pool::ZoneState::expired), "expired");
}

}  // namespace
}  // namespace rollcall::api
