#include "control/views.hpp"

#include <gtest/gtest.h>

#include "control/status_sample.hpp"

namespace rollcall::control {
namespace {

TEST(Views, StatusIsOneLine) {
  EXPECT_EQ(
      status_reply(status_sample()),
      R"({"ok":true,"status":{"version":"0.1.0","uptime_ms":90061000,"zones":[)"
      R"({"name":"mydomain.com","state":"served","serial":2000030101,"records":27,"problem":""},)"
      R"({"name":"b.org","state":"refused","serial":0,"records":0,"problem":"db.b:3: no SOA"}],)"
      R"("pools":[{"name":"www.mydomain.com","records":"address","checks":"web","when_all_down":"fail_open",)"
      R"("failed_open":false,"members":[)"
      R"({"address":"192.168.0.1","exchange":"","health":"up","live":true,"since_ms":3700000,"reason":"",)"
      R"("restart":"apache","probes":12,"degraded":false,"percent":null},)"
      R"({"address":"192.168.0.22","exchange":"","health":"down","live":false,"since_ms":61500,)"
      R"("reason":"connection refused","restart":"","probes":13,"degraded":false,"percent":null}]},)"
      R"({"name":"mydomain.com","records":"MX","checks":"smtp","when_all_down":"fail_open",)"
      R"("failed_open":false,"members":[)"
      R"({"address":"192.168.0.5","exchange":"mx1.mydomain.com","health":"up","live":true,)"
      R"("since_ms":5000,"reason":"","restart":"","probes":3,"degraded":false,"percent":null}]}]}})");
}

TEST(Views, AnEmptyStatusHasEmptyLists) {
  EXPECT_EQ(status_reply({}),
            R"({"ok":true,"status":{"version":"","uptime_ms":0,"zones":[],"pools":[]}})");
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

TEST(Views, Words) {
  EXPECT_EQ(to_word(roster::Health::unknown), "unknown");
  EXPECT_EQ(to_word(roster::Health::up), "up");
  EXPECT_EQ(to_word(roster::Health::down), "down");
  EXPECT_EQ(to_word(roster::ZoneState::served), "served");
  EXPECT_EQ(to_word(roster::ZoneState::not_ready), "not_ready");
  EXPECT_EQ(to_word(roster::ZoneState::refused), "refused");
}

}  // namespace
}  // namespace rollcall::control
