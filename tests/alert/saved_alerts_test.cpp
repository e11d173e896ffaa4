#include "alert/saved_alerts.hpp"

#include <gtest/gtest.h>

#include "alert/sample_notices.hpp"

namespace rollcall::alert {
namespace {

TEST(SavedAlerts, AreReadAsTheyWereWritten) {
  SavedAlerts saved;
  SavedLane& mail = saved.lanes["mail"];
  mail.front = Batch{.id = "abc-1",
                     .at = kNow,
                     .tried = std::chrono::minutes(5),
                     .told = {fall("a.example.com", "192.0.2.1")},
                     .more = {{"dropped", 7}},
                     .summary = true};
  mail.front->missed = {.count = 2, .from = kNow, .to = kNow, .lines = {"x"}, .urgent = true};
  mail.pending = {comeback("a.example.com", "192.0.2.1")};
  mail.pending[0].lasted = std::chrono::minutes(3);
  SavedLane& hook = saved.lanes["webhook"];
  hook.more = {{"returned", 3}};
  hook.missed = {.count = 1, .from = kNow, .to = kNow, .lines = {"y"}};
  hook.history.sent = {kNow, kNow + std::chrono::minutes(1)};
  hook.history.open = {{fall("b.example.com", "192.0.2.2"), kNow}};
  saved.lanes["exec"];  // nothing
  saved.at = kNow + std::chrono::minutes(2);
  const SavedAlerts read = parse_alerts(format_alerts(saved));
  EXPECT_EQ(read.damaged, 0U);
  EXPECT_EQ(read.at, saved.at);
  ASSERT_EQ(read.lanes.size(), 2U);
  EXPECT_EQ(read.lanes.at("mail"), mail);
  EXPECT_EQ(read.lanes.at("webhook"), hook);
}

/// A line was a finished message once.
TEST(SavedAlerts, OfTheFirstFormatAreTaken) {
  const SavedAlerts read = parse_alerts(
      R"({"lane":"mail","at":1700000000000,"id":"a-1","important":true,"subject":"w: 1 is down",)"
      R"("body":"w: 1 is down\nmore","json":"{}"})"
      "\n"
      R"({"lane":"webhook","at":1700000000000,"id":"a-2","important":false,"subject":"s","body":"",)"
      R"("json":""})"
      "\n");
  EXPECT_EQ(read.damaged, 0U);
  ASSERT_EQ(read.lanes.at("mail").pending.size(), 1U);
  const Told& told = read.lanes.at("mail").pending[0];
  EXPECT_EQ(told.line, "w: 1 is down");
  EXPECT_EQ(told.detail, "w: 1 is down\nmore");
  EXPECT_EQ(told.level, pool::NoticeLevel::critical);
  EXPECT_EQ(read.lanes.at("webhook").pending.at(0).line, "s");
  EXPECT_EQ(parse_alerts(format_alerts(read)).lanes.at("mail"), read.lanes.at("mail"));
}

TEST(SavedAlerts, DamagedLinesAreCounted) {
  SavedAlerts saved;
  saved.lanes["mail"].pending = {fall("a.example.com", "192.0.2.1")};
  const std::string good = format_alerts(saved);
  const SavedAlerts read =
      parse_alerts("no alert\n" + good + R"({"lane":"mail","told":{"kind":"x"},"in_front":false})" +
                   "\n" + R"({"lane":"mail","more":{"a":-1},"missed":{}})" + "\n{}\n");
  EXPECT_EQ(read.damaged, 4U);
  EXPECT_EQ(read.lanes.at("mail"), saved.lanes.at("mail"));
}

}  // namespace
}  // namespace rollcall::alert
