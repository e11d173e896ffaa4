/// RFC 1995 section 3, "Query Format": as a query with the client's SOA in the authority section.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1995Section3, ARequestWithTheClientsSoaIsRead) {
  const Octets packet = octets(
      "1234 0000 0001 0000 0001 0000 076578616d706c65 03636f6d 00 00fb 0001"
      "c00c 0006 0001 00000000 001a 0161 00 0162 00 00000005 00000000 00000000 00000000 00000000");
  const Server server("");
  EXPECT_TRUE(answer::asks_for_transfer(as_read(server.catalog(), packet)));
  EXPECT_EQ(server.ask(packet).answer.size(), 1U);
}

}  // namespace
}  // namespace rollcall::rfc
