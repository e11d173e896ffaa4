/// RFC 9715: responses over UDP are kept so small that nobody fragments them: 1400 octets at most,
/// here 1232.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9715, AResponseOverUdpHas1232OctetsAtMost) {
  std::string records;
  for (int i = 0; i < 200; ++i) records += "many TXT t" + std::to_string(i) + "\n";
  const Server server(records);
  const Question question{.name = "many.example.com", .type = Type::TXT, .edns_size = 65535};
  const Response response = server.ask(question);
  EXPECT_TRUE(response.tc());
  EXPECT_LE(response.size, 1232U);
  EXPECT_EQ(server.ask(question, Transport::tcp).answer.size(), 200U);
}

}  // namespace
}  // namespace rollcall::rfc
