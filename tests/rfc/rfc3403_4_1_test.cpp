/// RFC 3403 section 4.1, "Packet Format": NAPTR: order, preference, flags, services, a regular
/// expression, a replacement.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3403Section41, FourTextsAreInIt) {
  const std::string text = "NAPTR 100 50 \"s\" \"z3950+N2L+N2C\" \"\" _z3950._tcp.gatech.edu.";
  EXPECT_EQ(shown(text), text);
  EXPECT_EQ(wire("NAPTR 1 2 \"u\" \"E2U+sip\" \"!^.*$!sip:a@x!\" ."),
            hex("0001 0002 01 75 07 4532552b736970 0e 215e2e2a24217369703a61407821 00"));
}

}  // namespace
}  // namespace rollcall::rfc
