#include "server/agent_protocol.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace rollcall::server {
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

TEST(AgentProtocol, MakesTextValidUtf8) {
  EXPECT_EQ(valid_utf8("plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80");
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(valid_utf8("\xFF"), bad);
  EXPECT_EQ(valid_utf8("\xC3"), bad);                                // cut short
  EXPECT_EQ(valid_utf8("\xC0\xAF"), bad + bad);                      // overlong
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), bad + bad + bad);            // a surrogate
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), bad + bad + bad + bad);  // above U+10FFFF
  EXPECT_EQ(valid_utf8("\xE2\x82x"), bad + bad + "x");
}

TEST(AgentProtocol, QuotesWhatComesFromOutside) {
  EXPECT_EQ(quote_foreign("apache"), "\"apache\"");
  EXPECT_EQ(quote_foreign("a\nb\"c"), R"("a\nb\"c")");
  EXPECT_EQ(quote_foreign(std::string(100, 'a')), "\"" + std::string(64, 'a') + "...\"");
}

}  // namespace
}  // namespace rollcall::server
