#include "agent_link/agent_protocol.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace rollcall::agent_link {
namespace {

TEST(AgentProtocol, ReportSurvivesJson) {
  RestartReport report;
  report.ok = false;
  report.exit_status = 143;
  report.timed_out = true;
  report.output = "line\n\"quoted\"\t\xC3\xA4";
  report.seconds = 1.25;
  report.error = "why";
  const auto read = read_restart_report(boost::json::serialize(to_json(report)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, report);
}

TEST(AgentProtocol, ReportOfAUnitSurvivesJson) {
  RestartReport report;
  report.ok = true;
  report.unit = UnitReport{.result_before = "start-limit-hit",
                           .restarts_before = 5,
                           .was_reset = true,
                           .state = "active",
                           .result = "success",
                           .restarts = 1,
                           .journal = "one\ntwo\n"};
  const auto read = read_restart_report(boost::json::serialize(to_json(report)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, report);
}

TEST(AgentProtocol, WhatIsStrangeInAUnitIsLeftOut) {
  const auto read = read_restart_report(
      R"({"ok":true,"unit":{"result":7,"restarts":-1,"was_reset":"yes","journal":[],"new":{}}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->unit, UnitReport{});
  for (const char* unit : {"null", "7", "[]", "\"x\""}) {
    EXPECT_FALSE(read_restart_report(std::string("{\"ok\":true,\"unit\":") + unit + "}")->unit);
  }
}

TEST(AgentProtocol, TextsArePrintableAndBounded) {
  const std::string much =
      std::string(kReportTextLimit, 'x') + "\xC3\xA4" + std::string(kReportTextLimit - 1, 'y');
  const boost::json::object body{{"ok", false},
                                 {"output", much},
                                 {"error", "\x1b[2J"},
                                 {"unit", {{"journal", much}, {"result", "a\nb"}}}};
  const auto read = read_restart_report(boost::json::serialize(body));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->output, std::string(kReportTextLimit - 1, 'y')) << "no half of a character";
  EXPECT_EQ(read->error, "\\x1b[2J");
  EXPECT_EQ(read->unit->journal, read->output);
  EXPECT_EQ(read->unit->result, "a\\nb");
}

TEST(AgentProtocol, ResultsForTheLog) {
  EXPECT_EQ(result_text({.ok = true, .seconds = 1.25}), "restarted in 1.2 s");
  EXPECT_EQ(result_text({.error = "no such program"}), "no such program");
  EXPECT_EQ(result_text({.timed_out = true, .seconds = 60}), "did not end within 60.0 s");
  EXPECT_EQ(result_text({.exit_status = 143, .seconds = 2}),
            "failed with exit status 143 after 2.0 s");
}

TEST(AgentProtocol, RequestSurvivesJson) {
  for (const char* name : {"apache", "", "a\"b\\", "../x", "a\nb"}) {
    const auto read = read_service_request(service_request(name));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, name);
  }
}

TEST(AgentProtocol, AWatchBeginsWithAYes) {
  EXPECT_TRUE(read_watch_begun(R"({"ok":true,"pid":7})"));
  EXPECT_EQ(read_watch_begun(R"({"ok":false,"error":"why"})").error().message, "why");
  for (const char* text : {"", "{}", R"({"ok":1})", R"({"ok":false})", R"({"ok":false,"error":7})",
                           R"({"ok":true)", R"({"ended":true})"}) {
    EXPECT_FALSE(read_watch_begun(text)) << text;
  }
}

TEST(AgentProtocol, RefusesReportsWithoutAVerdict) {
  for (const char* text : {"", "null", "{}", "{\"ok\":1}", "{\"ok\":true", "[true]"}) {
    EXPECT_FALSE(read_restart_report(text)) << text;
  }
  EXPECT_TRUE(read_restart_report("{\"ok\":true,\"output\":7,\"new\":[]}"));
}

TEST(AgentProtocol, OutputComesAsPrintableLines) {
  RestartReport report;
  report.output = "one\r\ntwo\n\x1b[2J\xff\xE2\x80\xAE";
  report.error = "\xC2\x9B";
  const auto read = read_restart_report(boost::json::serialize(to_json(report)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->output, "one\ntwo\n\\x1b[2J\\xff\\u202e");
  EXPECT_EQ(read->error, "\\u009b");
}

TEST(AgentProtocol, QuotesWhatComesFromOutside) {
  EXPECT_EQ(quote_foreign("apache"), "\"apache\"");
  EXPECT_EQ(quote_foreign("a\nb\"c"), R"("a\\nb\"c")");
  EXPECT_EQ(quote_foreign("\xff\xC2\x9B"), R"("\\xff\\u009b")");
  EXPECT_EQ(quote_foreign(std::string(100, 'a')), "\"" + std::string(64, 'a') + "...\"");
}

}  // namespace
}  // namespace rollcall::agent_link
