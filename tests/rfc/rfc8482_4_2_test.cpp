/// RFC 8482 section 4.2, "Answer with a Synthesized HINFO RRset": ANY is answered with one HINFO
/// whose CPU is "RFC8482" and whose OS is empty.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8482Section42, AnyIsOneHinfo) {
  EXPECT_EQ(Server("www A 192.0.2.2\nwww TXT t\n").says("www.example.com", Type::ANY),
            "NOERROR AA\nQUESTION www.example.com. ANY IN\n"
            "ANSWER www.example.com. 3600 HINFO \"RFC8482\" \"\"\n");
}

TEST(Rfc8482Section42, ANameThatIsNotThereIsStillNotThere) {
  EXPECT_EQ(Server("").says("no.example.com", Type::ANY),
            std::string("NXDOMAIN AA\nQUESTION no.example.com. ANY IN\n").append(kDenial));
}

TEST(Rfc8482Section42, AnHinfoOfTheZonesOwnIsServedToWhoAsksForIt) {
  EXPECT_EQ(Server("www HINFO a b\n").says("www.example.com", Type::HINFO),
            "NOERROR AA\nQUESTION www.example.com. HINFO IN\nANSWER www.example.com. 300 HINFO "
            "\"a\" \"b\"\n");
}

}  // namespace
}  // namespace rollcall::rfc
