/// RFC 1035 section 3.4.1, "A RDATA format": a 32-bit address, written as four decimal numbers with
/// dots.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section341, FourNumbersAreFourOctets) {
  EXPECT_EQ(wire("A 10.2.0.52"), hex("0a020034"));
  EXPECT_EQ(shown("A 10.2.0.52"), "A 10.2.0.52");
}

TEST(Rfc1035Section341, NothingElseIsAnAddress) {
  for (const char* text : {"10.2.0", "10.2.0.256", "10.2.0.52.1", "10.2.0.x", "::1"}) {
    EXPECT_THAT(said(std::string("r A ") + text + "\n"),
                ElementsAre(HasSubstr("expected an IPv4 address")));
  }
}

}  // namespace
}  // namespace rollcall::rfc
