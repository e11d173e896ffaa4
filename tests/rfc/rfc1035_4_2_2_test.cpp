/// RFC 1035 section 4.2.2, "TCP usage": a message is prefixed with two octets of its length; it may
/// be longer than 512 octets.
#include "rfc/conversation.hpp"
#include "rfc/tcp_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section422, ALengthStandsInFrontOfEachMessage) {
  const TcpService service("");
  TcpClient client(service.port());
  client.write(
      octets("0020 1234 0000 0001 0000 0000 0000"
             "026e73 07 6578616d706c65 03636f6d 00 0001 0001"));
  EXPECT_EQ(hex(client.read(2)), hex("0030"));
  EXPECT_EQ(hex(client.read(0x30)), hex("1234 8400 0001 0001 0000 0000"
                                        "026e73 07 6578616d706c65 03636f6d 00 0001 0001"
                                        "c00c 0001 0001 0000012c 0004 c0000201"));
}

TEST(Rfc1035Section422, AMessageMayComeInPieces) {
  const TcpService service("");
  TcpClient client(service.port());
  for (const std::uint8_t octet : framed(make_query({.name = "ns.example.com"}))) {
    client.write(Bytes(&octet, 1));
  }
  EXPECT_EQ(answer::read_response(client.read_message()).answer.size(), 1U);
}

TEST(Rfc1035Section422, NothingIsCutAt512Octets) {
  std::string records;
  for (int i = 0; i < 200; ++i) records += "many TXT t" + std::to_string(i) + "\n";
  const TcpService service(records);
  TcpClient client(service.port());
  client.write(
      framed(make_query({.name = "many.example.com", .type = Type::TXT, .edns_size = {}})));
  EXPECT_EQ(answer::read_response(client.read_message()).answer.size(), 200U);
}

}  // namespace
}  // namespace rollcall::rfc
