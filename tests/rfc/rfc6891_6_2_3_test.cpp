/// RFC 6891 section 6.2.3, "Requestor's Payload Size": responses fit into it; "values lower than
/// 512 MUST be treated as equal to 512".
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6891Section623, AnythingBelow512Is512) {
  // OPT takes 11 octets, and 6 are kept for an extended error: 28 addresses fit into 512 octets.
  std::string records;
  for (int i = 0; i < 28; ++i) records += "abc A 192.0.2." + std::to_string(i) + "\n";
  for (const std::uint16_t size : {0, 100, 511, 512}) {
    const Response response = Server(records).ask({.name = "abc.example.com", .edns_size = size});
    EXPECT_FALSE(response.tc()) << size;
    EXPECT_LE(response.size, 512U);
  }
}

TEST(Rfc6891Section623, AResponseFits) {
  std::string records;
  for (int i = 0; i < 60; ++i) records += "abc A 192.0.2." + std::to_string(i) + "\n";
  const Server server(records);
  EXPECT_TRUE(server.ask({.name = "abc.example.com", .edns_size = 900}).tc());
  EXPECT_FALSE(server.ask({.name = "abc.example.com", .edns_size = 1232}).tc());
}

}  // namespace
}  // namespace rollcall::rfc
