/// RFC 1035 section 3.2.1, "Format": a record is NAME, TYPE, CLASS, TTL, RDLENGTH, RDATA; here a
/// whole message octet by octet.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section321, AWholeMessageOctetByOctet) {
  const Server server("www TXT ab\n");
  const Octets query = octets(
      "beef 0100 0001 0000 0000 0000"
      "03 777777 07 6578616d706c65 03 636f6d 00 0010 0001");
  EXPECT_EQ(hex(server.reply(query)), hex("beef 8500 0001 0001 0000 0000"
                                          "03 777777 07 6578616d706c65 03 636f6d 00 0010 0001"
                                          "c00c 0010 0001 0000012c 0003 026162"));
}

TEST(Rfc1035Section321, RdlengthHas16Bits) {
  EXPECT_THAT(said("r TYPE65280 \\# 65536 00\n"), ElementsAre(HasSubstr("65536")));
}

}  // namespace
}  // namespace rollcall::rfc
