/// RFC 8659 section 4.1, "Syntax": CAA: flags, a tag of letters and digits with its length, the
/// value without one.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8659Section41, Rdata) {
  EXPECT_EQ(wire("CAA 0 issue \"ca1.example.net\""),
            hex("00 05 6973737565 6361312e6578616d706c652e6e6574"));
  EXPECT_EQ(shown("CAA 128 tbs \"Unknown\""), "CAA 128 tbs \"Unknown\"");
}

TEST(Rfc8659Section41, ATagIsLettersAndDigits) {
  for (const char* tag : {"is-sue", "\"\"", "is_sue"}) {
    EXPECT_THAT(said(std::string("r CAA 0 ") + tag + " x\n"),
                ElementsAre(HasSubstr("expected a tag of letters and digits")));
  }
}

}  // namespace
}  // namespace rollcall::rfc
