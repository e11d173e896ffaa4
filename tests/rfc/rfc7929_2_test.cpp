/// RFC 7929 section 2, "The OPENPGPKEY Resource Record": a key in base64.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7929Section2, BlanksInBase64SayNothing) {
  EXPECT_EQ(wire("OPENPGPKEY ( AQID\n BAUG )"), hex("010203040506"));
}

}  // namespace
}  // namespace rollcall::rfc
