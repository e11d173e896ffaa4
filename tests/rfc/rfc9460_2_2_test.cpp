/// RFC 9460 section 2.2, "RDATA Wire Format": keys in strictly increasing order, values of the form
/// that their keys have.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section22, KeysRiseOnTheWireWhateverTheirOrderInText) {
  EXPECT_EQ(wire("SVCB 1 . key3=\\000\\053 key1=\\002h2"),
            wire("SVCB 1 . key1=\\002h2 key3=\\000\\053"));
  EXPECT_EQ(wire("SVCB 1 . port=53 alpn=h2"), hex("0001 00 0001 0003 026832 0003 0002 0035"));
}

TEST(Rfc9460Section22, OctetsOutOfOrderAreNoSvcb) {
  EXPECT_THAT(said("r A 192.0.2.1\nr SVCB \\# 11 0001 00 029b 0000 029c 0000\n"), IsEmpty());
  EXPECT_THAT(said("r SVCB \\# 11 0001 00 029c 0000 029b 0000\n"),
              ElementsAre(HasSubstr("not a valid SVCB record")));
  EXPECT_THAT(said("r SVCB \\# 11 0001 00 029b 0000 029b 0000\n"),
              ElementsAre(HasSubstr("not a valid SVCB record")));
  EXPECT_THAT(said("r SVCB \\# 8 0001 00 0003 0001 35\n"),
              ElementsAre(HasSubstr("not a valid SVCB record")));
}

}  // namespace
}  // namespace rollcall::rfc
