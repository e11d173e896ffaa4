/// RFC 2874 section 3.1.1, "Format": the length of a prefix, the address behind it, and the name
/// that has the prefix.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2874Section311, TheWholeAddress) {
  EXPECT_EQ(wire("A6 0 2001:db8::1"), hex("00 20010db8000000000000000000000001"));
  EXPECT_EQ(shown("A6 0 2001:db8::1"), "A6 0 2001:db8::1");
}

TEST(Rfc2874Section311, APartAndTheNameOfItsPrefix) {
  EXPECT_EQ(wire("A6 64 ::1:2:3:4 p."), hex("40 0001000200030004 01 70 00"));
  EXPECT_EQ(shown("A6 64 ::1:2:3:4 p."), "A6 64 ::1:2:3:4 p.");
  EXPECT_EQ(shown("A6 128 p"), "A6 128 p.example.com.");
}

TEST(Rfc2874Section311, BitsOfThePrefixAreZero) {
  EXPECT_EQ(shown("A6 64 2001:db8::1 p."), "A6 64 ::1 p.");
  EXPECT_EQ(wire("A6 127 ::3 p."), hex("7f 01 01 70 00"));
  EXPECT_THAT(said("r A6 \\# 5 7f ff 017000\n"), ElementsAre(HasSubstr("not a valid A6 record")));
}

TEST(Rfc2874Section311, WhatDoesNotFitTheLengthIsRefused) {
  EXPECT_THAT(said("r A6 129 p\n"),
              ElementsAre(HasSubstr("expected the length of a prefix from 0 to "
                                    "128, found \"129\"")));
  EXPECT_THAT(said("r A6 0 ::1 p\n"), ElementsAre(HasSubstr("expected the end of the A6 record")));
  EXPECT_THAT(said("r A6 64 ::1\n"), ElementsAre(HasSubstr("expected a domain name")));
  EXPECT_THAT(said("r A6 0\n"), ElementsAre(HasSubstr("expected an IPv6 address")));
}

}  // namespace
}  // namespace rollcall::rfc
