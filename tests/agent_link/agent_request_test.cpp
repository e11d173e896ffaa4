#include "agent_link/agent_request.hpp"

#include <gtest/gtest.h>

namespace rollcall::agent_link {
namespace {

const std::string kBody = R"({"service":"apache"})";

std::string post(const std::string& more = "", const std::string& body = kBody) {
  return "POST /v1/restart HTTP/1.1\r\nHost: a\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string problem_of(const std::string& octets) {
  const auto request = read_request(octets);
  return request ? "none" : request.error().reason;
}

TEST(AgentRequest, HasOnePlainForm) {
  const auto request = read_request(post("Idempotency-Key: 0123456789abcdef\r\nX: y\r\n"));
  ASSERT_TRUE(request) << request.error().reason;
  EXPECT_EQ(request->method, boost::beast::http::verb::post);
  EXPECT_EQ(request->path, "/v1/restart");
  EXPECT_EQ(request->body, kBody);
  EXPECT_EQ(request->repeat_key, "0123456789abcdef");
  EXPECT_EQ(problem_of("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n"), "none");
}

TEST(AgentRequest, IsRefusedInOtherForms) {
  EXPECT_EQ(problem_of("POST /v1/restart HTTP/1.0\r\nHost: a\r\n\r\n"), "HTTP/1.1 is required");
  EXPECT_EQ(problem_of("POST http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), "the target must be a path");
  EXPECT_EQ(problem_of("GET /v1/status HTTP/1.1\r\n\r\n"), "exactly one Host is required");
  EXPECT_EQ(problem_of(post("Host: b\r\n")), "exactly one Host is required");
  EXPECT_EQ(problem_of(post("Expect: 100-continue\r\n")), "Expect is not supported");
  EXPECT_EQ(problem_of("POST /v1/restart HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "0\r\n\r\n"),
            "Transfer-Encoding is not supported");
  EXPECT_EQ(problem_of("POST /v1/restart HTTP/1.1\r\nHost: a\r\n\r\n"),
            "Content-Length is missing");
  EXPECT_EQ(problem_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na"),
            "Content-Length must be a number");
  EXPECT_EQ(problem_of("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"),
            "a body belongs to POST alone");
  EXPECT_EQ(problem_of(post() + "G"), "one request a connection: more follows it");
  EXPECT_EQ(problem_of(post("Idempotency-Key: a\r\n")),
            "Idempotency-Key: expected 16 to 64 letters, digits, \"-\" and \"_\"");
  const std::string key = "Idempotency-Key: 0123456789abcdef\r\n";
  EXPECT_EQ(problem_of(post(key + key)), "more than one Idempotency-Key");
}

TEST(AgentRequest, HasLimits) {
  EXPECT_EQ(problem_of(post("X: " + std::string(kAgentHeaderLimit, 'a') + "\r\n")),
            "the header is over 4096 octets");
  EXPECT_EQ(problem_of(post("", std::string(kAgentBodyLimit + 1, 'a'))),
            "the body is over 4096 octets");
  EXPECT_EQ(problem_of(post("", std::string(kAgentBodyLimit, 'a'))), "none");
}

TEST(AgentRequest, ThatEndsEarlyGetsNoReply) {
  const std::string whole = post();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto request = read_request(whole.substr(0, size));
    ASSERT_FALSE(request) << size;
    EXPECT_EQ(request.error().status, boost::beast::http::status::unknown) << size;
  }
}

}  // namespace
}  // namespace rollcall::agent_link
