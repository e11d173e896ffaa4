#include "health/http_exchange.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

TEST(HttpRequest, SaysWhoAsks) {
  EXPECT_EQ(http_request({}, "www.a.b", 80),
            "GET / HTTP/1.1\r\nHost: www.a.b\r\nUser-Agent: rollcall/" ROLLCALL_VERSION
            "\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

TEST(HttpRequest, HasTheChecksOwnHeadersAndMethod) {
  HttpCheck check;
  check.method = "POST";
  check.path = "/health?full";
  check.headers = {{"user-agent", "probe"}, {"X-Token", "a b"}};
  EXPECT_EQ(http_request(check, "a.b", 8080),
            "POST /health?full HTTP/1.1\r\nHost: a.b:8080\r\nAccept: */*\r\nuser-agent: probe\r\n"
            "X-Token: a b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(HttpRequest, NamesThePortThatIsNotTheSchemes) {
  const auto host_line = [](const HttpCheck& check, std::string_view host, std::uint16_t port) {
    const std::string text = http_request(check, host, port);
    const std::size_t at = text.find("Host: ");
    return text.substr(at, text.find('\r', at) - at);
  };
  const HttpCheck https{.tls = TlsOptions{}};
  EXPECT_EQ(host_line({}, "a.b", 443), "Host: a.b:443");
  EXPECT_EQ(host_line(https, "a.b", 443), "Host: a.b");
  EXPECT_EQ(host_line(https, "a.b", 80), "Host: a.b:80");
  EXPECT_EQ(host_line({}, "2001:db8::1", 80), "Host: [2001:db8::1]");
  EXPECT_EQ(host_line({}, "[2001:db8::1]", 81), "Host: [2001:db8::1]:81");
}

TEST(StatusRanges, Read) {
  using Ranges = std::vector<StatusRange>;
  EXPECT_EQ(parse_status_ranges("200"), (Ranges{{200, 200}}));
  EXPECT_EQ(parse_status_ranges("200-299, 401"), (Ranges{{200, 299}, {401, 401}}));
  EXPECT_EQ(parse_status_ranges(" 200 - 599 "), (Ranges{{200, 599}}));
  for (const char* wrong :
       {"", ",", "200,", "99", "600", "299-200", "2xx", "200-", "-200", "1-2-3"}) {
    EXPECT_FALSE(parse_status_ranges(wrong)) << wrong;
  }
  EXPECT_EQ(parse_status_ranges("200, x").error().message,
            R"(must be statuses from 200 to 599 such as "200-299, 401", not "x")");
}

TEST(StatusRanges, Decide) {
  const HttpCheck usual;
  for (const unsigned good : {200U, 204U, 301U, 399U}) EXPECT_TRUE(is_expected(usual, good));
  for (const unsigned bad : {100U, 199U, 400U, 503U}) EXPECT_FALSE(is_expected(usual, bad));
  const HttpCheck own{.expect_status = {{200, 299}, {401, 401}}};
  EXPECT_TRUE(is_expected(own, 401));
  EXPECT_FALSE(is_expected(own, 302));
  EXPECT_FALSE(is_expected(own, 402));
}

}  // namespace
}  // namespace rollcall::health
