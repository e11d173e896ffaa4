#include "api/request.hpp"

#include <gtest/gtest.h>

namespace rollcall::api {
namespace {

std::string error_of(std::string_view line) {
  const Result<Request> request = parse_request(line);
  return request ? "no error" : request.error().message;
}

TEST(Request, ComesBackFromItsJson) {
  const std::vector<std::pair<Request, std::string>> pairs{
      {StatusRequest{}, R"({"command":"status"})"},
      {AlertTestRequest{}, R"({"command":"alert_test"})"},
      {WriteRequest{*dns::Name::parse("a.b")}, R"({"command":"zone_write","zone":"a.b"})"},
      {FlushRequest{*dns::Name::parse("a.b")}, R"({"command":"zone_flush","zone":"a.b"})"},
      {ReloadRequest{}, R"({"command":"reload"})"},
      {RetransferRequest{*dns::Name::parse("mydomain.com")},
       R"({"command":"retransfer","zone":"mydomain.com"})"},
      {ReloadRequest{dns::Name::parse("mydomain.com").value()},
       R"({"command":"reload","zone":"mydomain.com"})"},
      {RestartRequest{*IpAddress::parse("127.0.0.3"), "apache"},
       R"({"command":"restart","member":"127.0.0.3","service":"apache"})"},
      {RestartRequest{*IpAddress::parse("::1"), "apache2.service"},
       R"({"command":"restart","member":"::1","service":"apache2.service"})"},
      {OverrideRequest{.members = {*IpAddress::parse("127.0.0.3")},
                       .pool = dns::Name::parse("www.mydomain.com").value(),
                       .kind = pool::OverrideKind::drained,
                       .lasts = std::chrono::minutes(30),
                       .reason = "new disk",
                       .force = true},
       R"({"command":"drain","member":"127.0.0.3","pool":"www.mydomain.com","for":"30m",)"
       R"("reason":"new disk","force":true})"},
      {OverrideRequest{.members = {dns::Name::parse("mx1.mydomain.com").value()},
                       .kind = pool::OverrideKind::forced_up},
       R"({"command":"up","member":"mx1.mydomain.com"})"},
      {OverrideRequest{.members = {*IpAddress::parse("::1")},
                       .kind = pool::OverrideKind::forced_down},
       R"({"command":"down","member":"::1"})"},
      {OverrideRequest{.members = {*IpAddress::parse("::1")}},
       R"({"command":"auto","member":"::1"})"},
      {NormalRequest{.on = true, .lasts = std::chrono::hours(2)},
       R"({"command":"normal","on":true,"for":"2h"})"},
      {NormalRequest{.on = false, .lasts = {}}, R"({"command":"normal","on":false})"},
      {ThawRequest{}, R"({"command":"thaw"})"},
      {StatusRequest{.zone = dns::Name::parse("a.org").value(), .pool = "*.a.org", .state = "down"},
       R"({"command":"status","zone":"a.org","pool":"*.a.org","state":"down"})"},
      {OverrideRequest{.members = {*IpAddress::parse("::1"), pool::MemberPattern{"192.0.2.*"}},
                       .kind = pool::OverrideKind::drained,
                       .actor = "alice"},
       R"({"command":"drain","members":["::1","192.0.2.*"],"by":"alice"})"},
      {OverrideRequest{.pool = dns::Name::parse("www.a.org").value()},
       R"({"command":"auto","pool":"www.a.org"})"},
      {SecondariesRequest{}, R"({"command":"secondaries"})"},
      {SecondariesRequest{.zone = dns::Name::parse("a.org").value(), .behind = true},
       R"({"command":"secondaries","zone":"a.org","behind":true})"},
      {ThawRequest{.actor = "root"}, R"({"command":"thaw","by":"root"})"},
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
  EXPECT_TRUE(error_of("").starts_with("the request is not JSON: "));
  EXPECT_TRUE(error_of("{\"command\":\"status\"} x").starts_with("the request is not JSON: "));
  EXPECT_EQ(error_of("[]"), "the request is not a JSON object");
  EXPECT_EQ(error_of("{}"), "the request needs \"command\"");
  EXPECT_EQ(error_of(R"({"command":1})"), "\"command\" must be a string");
  EXPECT_EQ(error_of(R"({"command":"relaod"})"),
            "unknown command \"relaod\"; did you mean \"reload\"?");
  EXPECT_EQ(error_of(R"({"command":"dance"})"), "unknown command \"dance\"");
  EXPECT_EQ(error_of(R"({"command":"thaw","for":"1h"})"), "the request has an unknown key \"for\"");
  EXPECT_EQ(error_of(R"({"command":"status","member":"a.b"})"),
            "the request has an unknown key \"member\"");
  EXPECT_EQ(error_of(std::string(kMaxRequestSize + 1, ' ')),
            "the request is longer than 4096 octets");
  EXPECT_TRUE(error_of(std::string(kMaxRequestSize, '[')).starts_with("the request is not JSON: "));
}

TEST(Request, ReloadNamesAZone) {
  EXPECT_TRUE(
      error_of(R"({"command":"reload","zone":"a..b"})").starts_with("invalid zone \"a..b\": "));
  EXPECT_EQ(error_of(R"({"command":"reload","zone":null})"), "\"zone\" must be a string");
}

TEST(Request, RestartNamesAMemberAndAService) {
  EXPECT_EQ(error_of(R"({"command":"restart","member":"127.0.0.1"})"),
            "the request needs \"service\"");
  EXPECT_EQ(error_of(R"({"command":"restart","member":"node1","service":"a"})"),
            "invalid member \"node1\": expected an IP address");
  EXPECT_EQ(error_of(R"({"command":"restart","member":"127.0.0.1","service":"a;b"})"),
            "invalid service name \"a;b\": use letters, digits and \"-_.@\", with a letter or "
            "digit first");
}

TEST(Request, AnOverrideSaysWhatIsWrongWithIt) {
  const auto drain = [](const std::string& rest) {
    return error_of(R"({"command":"drain","member":"127.0.0.1")" + rest + "}");
  };
  EXPECT_EQ(drain(""), "no error");
  EXPECT_EQ(error_of(R"({"command":"drain"})"),
            "the request needs \"member\", \"members\" or \"pool\"");
  EXPECT_EQ(error_of(R"({"command":"up","member":"a..b"})"),
            "invalid member \"a..b\": expected an IP address, the name of an exchange or a pool, "
            "or a pattern (\"a..b\" is not a domain name: it has an empty label)");
  EXPECT_TRUE(drain(R"(,"pool":"a..b")").starts_with("invalid pool \"a..b\": "));
  EXPECT_EQ(drain(R"(,"for":"soon")"), "invalid duration \"soon\"; use 30m, 2h or 1d");
  EXPECT_EQ(drain(R"(,"for":"")"), "invalid duration \"\"; use 30m, 2h or 1d");
  EXPECT_EQ(drain(R"(,"for":"0s")"),
            "invalid duration \"0s\": it must be above zero and at most 365d");
  EXPECT_EQ(drain(R"(,"for":"366d")"),
            "invalid duration \"366d\": it must be above zero and at most 365d");
  EXPECT_EQ(drain(R"(,"reason":"a\nb")"),
            "the reason has a control character: it must be one line of text");
  EXPECT_EQ(drain(R"(,"reason":")" + std::string(pool::kMaxOverrideReason, 'x') + "\""),
            "no error");
  EXPECT_EQ(drain(R"(,"reason":")" + std::string(pool::kMaxOverrideReason + 1, 'x') + "\""),
            "the reason is longer than 200 octets");
  EXPECT_EQ(drain(R"(,"force":1)"), "\"force\" must be true or false");
  EXPECT_EQ(drain(R"(,"on":true)"), "the request has an unknown key \"on\"");
  EXPECT_EQ(error_of(R"({"command":"auto","member":"::1","for":"1h"})"),
            "auto does not expire: it takes no \"for\"");
}

TEST(Request, MembersAreAListOfNames) {
  EXPECT_EQ(error_of(R"({"command":"drain","members":"::1"})"),
            "\"members\" must be a list of strings");
  EXPECT_EQ(error_of(R"({"command":"drain","members":[1]})"),
            "\"members\" must be a list of strings");
  EXPECT_EQ(error_of(R"({"command":"drain","members":[]})"),
            "the request needs \"member\", \"members\" or \"pool\"");
  EXPECT_EQ(error_of("{\"command\":\"drain\",\"member\":\"*\xC2\x9B\"}"),
            "invalid pattern \"*\xC2\x9B\"");
  std::string many = R"("::1")";
  for (std::size_t i = 0; i < pool::kMaxNamedMembers; ++i) many += R"(,"::1")";
  EXPECT_EQ(error_of(R"({"command":"drain","members":[)" + many + "]}"),
            "more than 64 members; use a pattern or --pool");
}

TEST(Request, AStateIsOneThatThereIs) {
  EXPECT_EQ(error_of(R"({"command":"status","state":"dwon"})"),
            "invalid state \"dwon\"; did you mean \"down\"?");
  EXPECT_EQ(error_of(R"({"command":"status","state":"tired"})"),
            "invalid state \"tired\"; use up, down, unknown, degraded, live, out, drained, "
            "forced-up, forced-down, held, kept-back");
}

TEST(Request, TheActorHasTheUidThatTheKernelTells) {
  Request request = parse_request(R"({"command":"thaw","by":"alice"})").value();
  identify(request, 1000);
  EXPECT_EQ(std::get<ThawRequest>(request).actor, "alice (uid 1000)");
  request = parse_request(R"({"command":"reload"})").value();
  identify(request, 0);
  EXPECT_EQ(std::get<ReloadRequest>(request).actor, "uid 0");
  for (const char* name : {"", "a b", "root (uid 0)", "a\\nb", "\xC3\xA4"}) {
    EXPECT_EQ(error_of(std::string(R"({"command":"thaw","by":")") + name + "\"}"),
              "\"by\" must be the name of a user")
        << name;
  }
}

TEST(Request, NormalIsOnOrOff) {
  EXPECT_EQ(error_of(R"({"command":"normal"})"), "the request needs \"on\"");
  EXPECT_EQ(error_of(R"({"command":"normal","on":"yes"})"), "\"on\" must be true or false");
  EXPECT_EQ(error_of(R"({"command":"normal","on":false,"for":"1h"})"),
            "normal off does not expire: it takes no \"for\"");
  EXPECT_EQ(error_of(R"({"command":"normal","on":true,"for":5})"), "\"for\" must be a string");
}

}  // namespace
}  // namespace rollcall::api
