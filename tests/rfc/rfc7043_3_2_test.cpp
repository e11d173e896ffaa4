/// RFC 7043 section 3.2, "EUI48 RR Presentation Format": six octets of two hexadecimal digits with
/// hyphens; EUI64 (section 4.2) has eight.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7043Section32, TheExamples) {
  EXPECT_EQ(wire("EUI48 00-00-5e-00-53-2a"), "00005E00532A");
  EXPECT_EQ(wire("EUI64 00-00-5e-ef-10-00-00-2a"), "00005EEF1000002A");
  EXPECT_EQ(shown("EUI48 00-00-5e-00-53-2a"), "EUI48 00-00-5e-00-53-2a");
}

TEST(Rfc7043Section32, EveryOctetHasTwoDigits) {
  for (const char* text : {"0-00-5e-00-53-2a", "000-0-5e-00-53-2a", "00-00-5e-00-53",
                           "00-00-5e-00-53-2a-2a", "00:00:5e:00:53:2a"}) {
    EXPECT_THAT(said(std::string("r EUI48 ") + text + "\n"), ElementsAre(HasSubstr("error: ")));
  }
}

}  // namespace
}  // namespace rollcall::rfc
