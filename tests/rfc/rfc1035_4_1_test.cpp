/// RFC 1035 section 4.1, "Format": header, question, answer, authority, additional, and nothing
/// behind them.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section41, OctetsThatNoCountSpeaksOfMakeAMessageUnreadable) {
  Octets packet = make_query({.name = "example.com", .edns_size = {}, .flags = 0});
  packet.push_back(0);
  EXPECT_EQ(to_text(Server("").ask(packet)), "FORMERR\nQUESTION example.com. A IN\n");
}

TEST(Rfc1035Section41, RecordsOfARequestAreSteppedOver) {
  const Octets packet = octets(
      "1234 0000 0001 0001 0001 0001 026e73 076578616d706c65 03636f6d 00 0001 0001"
      "c00c 0001 0001 00000000 0004 01020304"
      "c00c 0001 0001 00000000 0004 01020304"
      "00   0001 0001 00000000 0004 01020304");
  EXPECT_EQ(to_text(Server("").ask(packet)),
            "NOERROR AA\nQUESTION ns.example.com. A IN\nANSWER ns.example.com. 300 A 192.0.2.1\n");
}

}  // namespace
}  // namespace rollcall::rfc
