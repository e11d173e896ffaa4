/// RFC 8945 section 3: the errors of a TSIG: BADSIG 16, BADKEY 17, BADTIME 18, BADTRUNC 22.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8945Section3, EachErrorHasItsNumber) {
  dns::TsigKey other = sample_key();
  other.secret[0] ^= 1;
  EXPECT_EQ(tsig_tail(signed_server().reply(signed_request(other))), hex("1234 0010 0000"));
  other.name = name_of("other.example");
  EXPECT_EQ(tsig_tail(signed_server().reply(signed_request(other))), hex("1234 0011 0000"));
  EXPECT_EQ(tsig_tail(signed_server().reply(signed_request())), hex("1234 0000 0000"));
}

}  // namespace
}  // namespace rollcall::rfc
