/// RFC 1706: an NSAP address is written as 0x and hexadecimal digits, with dots for the eye.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1706, TheExampleOfSection6) {
  EXPECT_EQ(wire("NSAP 0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00"),
            hex("47000580005a0000000001e133ffffff00016100"));
}

TEST(Rfc1706, WithoutItsPrefixItIsNone) {
  EXPECT_THAT(said("r NSAP 47.0005\n"),
              ElementsAre(HasSubstr("expected 0x and hexadecimal digits")));
}

}  // namespace
}  // namespace rollcall::rfc
