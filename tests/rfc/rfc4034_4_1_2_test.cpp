/// RFC 4034 section 4.1.2, "The Type Bit Maps Field": a window, its octets, a bit a type; the
/// example of section 4.3.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4034Section412, TheNsecOfTheExample) {
  EXPECT_EQ(wire("NSEC host.example.com. ( A MX RRSIG NSEC TYPE1234 )"),
            hex("04 686f7374 07 6578616d706c65 03 636f6d 00"
                "00 06 400100000003"
                "04 1b 000000000000000000000000000000000000000000000000000020"));
}

TEST(Rfc4034Section412, AWindowEndsInAnOctetThatIsNotZero) {
  EXPECT_THAT(said("r NSEC \\# 4 00 00 01 40\n"), IsEmpty());
  EXPECT_THAT(said("r NSEC \\# 5 00 00 02 4000\n"),
              ElementsAre(HasSubstr("not a valid NSEC record")));
  EXPECT_THAT(said("r NSEC \\# 3 00 00 00\n"), ElementsAre(HasSubstr("not a valid NSEC record")));
}

TEST(Rfc4034Section412, WindowsRise) {
  EXPECT_THAT(said("r NSEC \\# 7 00 00 01 40 01 01 40\n"), IsEmpty());
  EXPECT_THAT(said("r NSEC \\# 7 00 01 01 40 00 01 40\n"),
              ElementsAre(HasSubstr("not a valid NSEC record")));
}

}  // namespace
}  // namespace rollcall::rfc
