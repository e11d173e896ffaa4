/// RFC 1035 section 4.2.1, "UDP usage": messages have 512 octets at most; longer ones are cut, and
/// TC says so.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section421, WithoutEdns512OctetsAreTheLimit) {
  std::string records;
  for (int i = 0; i < 40; ++i) records += "many A 192.0.2." + std::to_string(i) + "\n";
  const Server server(records);
  const Question question{.name = "many.example.com", .edns_size = std::nullopt};
  const Response udp = server.ask(question);
  EXPECT_TRUE(udp.tc());
  EXPECT_LE(udp.size, 512U);
  EXPECT_EQ(server.ask(question, Transport::tcp).answer.size(), 40U);
}

TEST(Rfc1035Section421, WhatFillsTheLimitExactlyIsWhole) {
  // Header 12, question 4 + 13 + 4, records of 16 octets: 29 of them end at 497, 30 at 513.
  for (const int count : {29, 30}) {
    std::string records;
    for (int i = 0; i < count; ++i) records += "abc A 192.0.2." + std::to_string(i) + "\n";
    const Response response =
        Server(records).ask({.name = "abc.example.com", .edns_size = std::nullopt});
    EXPECT_EQ(response.tc(), count == 30);
  }
}

}  // namespace
}  // namespace rollcall::rfc
