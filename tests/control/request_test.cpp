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

}  // namespace
}  // namespace rollcall::control
