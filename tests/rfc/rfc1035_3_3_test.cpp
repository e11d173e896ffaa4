/// RFC 1035 section 3.3, "Standard RRs": the RDATA of each type; a character-string is a length
/// octet and up to 255 octets.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section33, TheRdataOfEachType) {
  EXPECT_EQ(wire("CNAME ex."), hex("026578 00"));                    // 3.3.1
  EXPECT_EQ(wire("HINFO VAX UNIX"), hex("03564158 04554e4958"));     // 3.3.2
  EXPECT_EQ(wire("MB ex."), hex("026578 00"));                       // 3.3.3
  EXPECT_EQ(wire("MG ex."), hex("026578 00"));                       // 3.3.6
  EXPECT_EQ(wire("MINFO a. b."), hex("0161 00 0162 00"));            // 3.3.7
  EXPECT_EQ(wire("MR ex."), hex("026578 00"));                       // 3.3.8
  EXPECT_EQ(wire("PTR ex."), hex("026578 00"));                      // 3.3.12
  EXPECT_EQ(wire("TXT a \"b c\" \"\""), hex("01 61 03 622063 00"));  // 3.3.14
}

TEST(Rfc1035Section33, TheRdataOfSoa) {  // 3.3.13
  const Server server = server_of({{"x", "@ 9 SOA a. b. 1 2 3 4 5\n@ 9 NS a.\n"}});
  EXPECT_EQ(hex(server.ask({.name = "x", .type = Type::SOA}).rdata.at(0)),
            hex("0161 00 0162 00 00000001 00000002 00000003 00000004 00000005"));
}

TEST(Rfc1035Section33, ACharacterStringHas255OctetsAtMost) {
  const std::string most(255, 'x');
  EXPECT_THAT(wire("TXT " + most), testing::StartsWith("FF78"));
  EXPECT_THAT(said("r TXT " + most + "x\n"), ElementsAre(HasSubstr("256 octets is too long")));
}

}  // namespace
}  // namespace rollcall::rfc
