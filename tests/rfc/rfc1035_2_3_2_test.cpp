/// RFC 1035 section 2.3.2, "Data Transmission Order": a number's most significant octet goes first.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section232, NumbersInRdataBeginWithTheirHighOctet) {
  EXPECT_EQ(wire("SRV 258 772 1286 ."), "01020304050600");
}

TEST(Rfc1035Section232, NumbersInARecordsHeadToo) {
  const Server server("www 16909060 A 192.0.2.2\n");
  const Octets reply = server.reply(make_query({.name = "www.example.com", .edns_size = {}}));
  EXPECT_THAT(hex(reply), testing::EndsWith(hex("c00c 0001 0001 01020304 0004 c0000202")));
}

}  // namespace
}  // namespace rollcall::rfc
