/// RFC 1183 section 2, "Responsible Person": RP: a mailbox and the name of a TXT.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1183Section2, TheExample) {
  EXPECT_EQ(shown("RP louie.trantor.umd.edu. LAM1.people.umd.edu."),
            "RP louie.trantor.umd.edu. LAM1.people.umd.edu.");
  EXPECT_EQ(wire("RP a. ."), hex("0161 00 00"));
}

}  // namespace
}  // namespace rollcall::rfc
