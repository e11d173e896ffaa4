/// RFC 2535 section 5.2, "NXT RDATA Format": the next name and a bit for each type below 128.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2535Section52, TheBitMapHasNoWindows) {
  EXPECT_EQ(wire("NXT b MX A"), hex("0162 076578616d706c65 03636f6d 00 4001"));
  EXPECT_EQ(shown("NXT b MX A"), "NXT b.example.com. A MX");
  EXPECT_EQ(shown("NXT b SRV NXT TYPE127"), "NXT b.example.com. NXT SRV TYPE127");
  EXPECT_EQ(shown("NXT b"), "NXT b.example.com.");
}

TEST(Rfc2535Section52, OnlyTypesBelow128) {
  for (const char* type : {"TYPE128", "CAA", "TYPE0", "FOO"}) {
    EXPECT_THAT(said(std::string("r NXT b ") + type + "\n"),
                ElementsAre(HasSubstr("expected a record type from 1 to 127")))
        << type;
  }
  EXPECT_THAT(said("r NXT \\# 5 016200 4000\n"), ElementsAre(HasSubstr("not a valid NXT record")));
  EXPECT_THAT(said("r NXT \\# 4 016200 80\n"), ElementsAre(HasSubstr("not a valid NXT record")));
}

}  // namespace
}  // namespace rollcall::rfc
