/// RFC 9018 appendix A, "Test Vectors": the four worked examples, each a whole conversation.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// The COOKIE that comes back for `cookie`.
std::string learned(const char* secret, const char* client, std::int64_t seconds,
                    const char* cookie) {
  answer::ResponderOptions options;
  std::ranges::copy(octets(secret), options.cookie_secret.begin());
  Server server("", options);
  server.client = *IpAddress::parse(client);
  server.now = WallTime(std::chrono::seconds(seconds));
  const Response response =
      server.ask({.name = "example.com", .options = {{EdnsOption::cookie, octets(cookie)}}});
  return hex(response.option(EdnsOption::cookie).value());
}

bool valid(const char* secret, const char* client, std::int64_t seconds, const char* cookie) {
  answer::CookieSecret key;
  std::ranges::copy(octets(secret), key.begin());
  const Octets both = octets(cookie);
  return answer::valid_server_cookie(Bytes(both).first(8), Bytes(both).subspan(8),
                                     IpAddress::parse(client)->octets(),
                                     WallTime(std::chrono::seconds(seconds)), key);
}

constexpr const char* kSecret = "e5e973e5a6b2a43f48e7dc849e37bfcf";

TEST(Rfc9018AppendixA, A1LearningANewServerCookie) {
  EXPECT_EQ(learned(kSecret, "198.51.100.100", 1559731985, "2464c4abcf10c957"),
            hex("2464c4abcf10c957 010000005cf79f111f8130c3eee29480"));
}

TEST(Rfc9018AppendixA, A2TheSameClientLearningARenewedServerCookie) {
  const char* sent = "2464c4abcf10c957 010000005cf79f111f8130c3eee29480";
  EXPECT_TRUE(valid(kSecret, "198.51.100.100", 1559734385, sent));
  EXPECT_EQ(learned(kSecret, "198.51.100.100", 1559734385, sent),
            hex("2464c4abcf10c957 010000005cf7a871d4a564a1442aca77"));
}

TEST(Rfc9018AppendixA, A3AnotherClientWhoseCookieHasReservedOctetsSet) {
  const char* sent = "fc93fc62807ddb86 01abcdef5cf78f71a314227b6679ebf5";
  EXPECT_TRUE(valid(kSecret, "203.0.113.203", 1559727985, sent));
  EXPECT_EQ(learned(kSecret, "203.0.113.203", 1559734700, sent),
            hex("fc93fc62807ddb86 010000005cf7a9acf73a7810aca2381e"));
}

TEST(Rfc9018AppendixA, A4Ipv6WithARolledOverSecret) {
  const char* client = "2001:db8:220:1:59de:d0f4:8769:82b8";
  const char* sent = "22681ab97d52c298 010000005cf7c57926556bd0934c72f8";
  EXPECT_TRUE(valid("dd3bdf9344b678b185a6f5cb60fca715", client, 1559741961, sent));
  EXPECT_EQ(learned("445536bcd2513298075a5d379663c962", client, 1559741961, sent),
            hex("22681ab97d52c298 010000005cf7c609a6bb79d16625507a"));
}

}  // namespace
}  // namespace rollcall::rfc
