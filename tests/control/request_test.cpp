#include "control/request.hpp"

#include <gtest/gtest.h>

namespace rollcall::control {
namespace {

std::string error_of(std::string_view line) {
  const Result<Request> request = parse_request(line);
  return request ? "no error" : request.error().message;
}

TEST(Request, ComesBackFromItsJson) {
  const std::vector<std::pair<Request, std::string>> pairs{
      {StatusRequest{}, R"({"command":"status"})"},
      {ReloadRequest{}, R"({"command":"reload"})"},
      {ReloadRequest{dns::Name::parse("mydomain.com").value()},
       R"({"command":"reload","zone":"mydomain.com"})"},
      {RestartRequest{*IpAddress::parse("127.0.0.3"), "apache"},
       R"({"command":"restart","member":"127.0.0.3","service":"apache"})"},
      {RestartRequest{*IpAddress::parse("::1"), "apache2.service"},
       R"({"command":"restart","member":"::1","service":"apache2.service"})"},
      {OverrideRequest{.member = *IpAddress::parse("127.0.0.3"),
                       .pool = dns::Name::parse("www.mydomain.com").value(),
                       .kind = roster::OverrideKind::drained,
                       .lasts = std::chrono::minutes(30),
                       .reason = "new disk",
                       .force = true},
       R"({"command":"drain","member":"127.0.0.3","pool":"www.mydomain.com","for":"30m",)"
       R"("reason":"new disk","force":true})"},
      {OverrideRequest{.member = dns::Name::parse("mx1.mydomain.com").value(),
                       .kind = roster::OverrideKind::forced_up},
       R"({"command":"up","member":"mx1.mydomain.com"})"},
      {OverrideRequest{.member = *IpAddress::parse("::1"),
                       .kind = roster::OverrideKind::forced_down},
       R"({"command":"down","member":"::1"})"},
      {OverrideRequest{.member = *IpAddress::parse("::1")}, R"({"command":"auto","member":"::1"})"},
      {NormalRequest{.on = true, .lasts = std::chrono::hours(2)},
       R"({"command":"normal","on":true,"for":"2h"})"},
      {NormalRequest{.on = false, .lasts = {}}, R"({"command":"normal","on":false})"},
      {ThawRequest{}, R"({"command":"thaw"})"},
  };
  for (const auto& [request, line] : pairs) {
    EXPECT_EQ(to_json(request), line);
    const Result<Request> back = parse_request(line);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_TRUE(*back == request) << line;
  }
}

TEST(Request, BlanksDoNotMatter) {
  EXPECT_TRUE(parse_request(" { \"command\" : \"status\" }\r"));
}

TEST(Request, SaysWhatIsNoRequest) {
  EXPECT_TRUE(error_of("").starts_with("the request is no JSON: "));
  EXPECT_TRUE(error_of("{\"command\":\"status\"} x").starts_with("the request is no JSON: "));
  EXPECT_EQ(error_of("[]"), "the request is no JSON object");
  EXPECT_EQ(error_of("{}"), "the request needs \"command\"");
  EXPECT_EQ(error_of(R"({"command":1})"), "\"command\" must be a string");
  EXPECT_EQ(error_of(R"({"command":"relaod"})"),
            "unknown command \"relaod\", did you mean \"reload\"?");
  EXPECT_EQ(error_of(R"({"command":"dance"})"), "unknown command \"dance\"");
  EXPECT_EQ(error_of(R"({"command":"thaw","for":"1h"})"), "the request has an unknown key \"for\"");
  EXPECT_EQ(error_of(R"({"command":"status","zone":"a.b"})"),
            "the request has an unknown key \"zone\"");
  EXPECT_EQ(error_of(std::string(kMaxRequestSize + 1, ' ')),
            "the request is longer than 4096 octets");
  EXPECT_TRUE(error_of(std::string(kMaxRequestSize, '[')).starts_with("the request is no JSON: "));
}

TEST(Request, ReloadNamesAZone) {
  EXPECT_TRUE(
      error_of(R"({"command":"reload","zone":"a..b"})").starts_with("\"a..b\" is no zone: "));
  EXPECT_EQ(error_of(R"({"command":"reload","zone":null})"), "\"zone\" must be a string");
}

TEST(Request, RestartNamesAMemberAndAService) {
  EXPECT_EQ(error_of(R"({"command":"restart","member":"127.0.0.1"})"),
            "the request needs \"service\"");
  EXPECT_EQ(error_of(R"({"command":"restart","member":"node1","service":"a"})"),
            "\"node1\" is no member: an IP address is needed");
  EXPECT_EQ(error_of(R"({"command":"restart","member":"127.0.0.1","service":"a;b"})"),
            "\"a;b\" is no name of a service: letters, digits and \"-_.@\" only");
}

TEST(Request, AnOverrideSaysWhatIsWrongWithIt) {
  const auto drain = [](const std::string& rest) {
    return error_of(R"({"command":"drain","member":"127.0.0.1")" + rest + "}");
  };
  EXPECT_EQ(drain(""), "no error");
  EXPECT_EQ(error_of(R"({"command":"drain"})"), "the request needs \"member\"");
  EXPECT_TRUE(error_of(R"({"command":"up","member":"a..b"})")
                  .starts_with("\"a..b\" is no member: an IP address or an exchange's name is "
                               "needed: "));
  EXPECT_TRUE(drain(R"(,"pool":"a..b")").starts_with("\"a..b\" is no pool: "));
  EXPECT_EQ(drain(R"(,"for":"soon")"), "\"soon\" is no time: 30m, 2h or 1d are some");
  EXPECT_EQ(drain(R"(,"for":"")"), "\"\" is no time: 30m, 2h or 1d are some");
  EXPECT_EQ(drain(R"(,"for":"0s")"), "0s is no time for this: above zero, up to 365d");
  EXPECT_EQ(drain(R"(,"for":"366d")"), "366d is no time for this: above zero, up to 365d");
  EXPECT_EQ(drain(R"(,"reason":"a\nb")"),
            "the reason has a control character: it must be one line of text");
  EXPECT_EQ(drain(R"(,"reason":")" + std::string(roster::kMaxOverrideReason, 'x') + "\""),
            "no error");
  EXPECT_EQ(drain(R"(,"reason":")" + std::string(roster::kMaxOverrideReason + 1, 'x') + "\""),
            "the reason is longer than 200 octets");
  EXPECT_EQ(drain(R"(,"force":1)"), "\"force\" must be true or false");
  EXPECT_EQ(drain(R"(,"on":true)"), "the request has an unknown key \"on\"");
  EXPECT_EQ(error_of(R"({"command":"auto","member":"::1","for":"1h"})"),
            "auto has no end: it takes no \"for\"");
}

TEST(Request, NormalIsOnOrOff) {
  EXPECT_EQ(error_of(R"({"command":"normal"})"), "the request needs \"on\"");
  EXPECT_EQ(error_of(R"({"command":"normal","on":"yes"})"), "\"on\" must be true or false");
  EXPECT_EQ(error_of(R"({"command":"normal","on":false,"for":"1h"})"),
            "normal off has no end: it takes no \"for\"");
  EXPECT_EQ(error_of(R"({"command":"normal","on":true,"for":5})"), "\"for\" must be a string");
}

}  // namespace
}  // namespace rollcall::control
