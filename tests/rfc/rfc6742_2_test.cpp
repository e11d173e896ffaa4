/// RFC 6742 section 2, "New Resource Records": NID, L32, L64 and LP: a preference, and 64 bits, an
/// IPv4 address, 64 bits, a name.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6742Section2, TheFourTypes) {
  EXPECT_EQ(wire("NID 10 0014:4fff:ff20:ee64"), hex("000a 00144fffff20ee64"));
  EXPECT_EQ(wire("L32 10 10.1.2.0"), hex("000a 0a010200"));
  EXPECT_EQ(wire("L64 10 2001:0DB8:1140:1000"), hex("000a 20010db811401000"));
  EXPECT_EQ(wire("LP 10 l64-subnet1."), hex("000a 0b 6c36342d7375626e657431 00"));
}

TEST(Rfc6742Section2, FourGroupsAreNoAddress) {
  for (const char* text : {"2001:db8::1", "2001:db8:1140", "2001:db8:1140:1000:1", "20010:0:0:0"}) {
    EXPECT_THAT(said(std::string("r L64 10 ") + text + "\n"), ElementsAre(HasSubstr("error: ")));
  }
}

}  // namespace
}  // namespace rollcall::rfc
