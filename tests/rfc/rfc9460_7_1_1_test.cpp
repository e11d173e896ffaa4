/// RFC 9460 section 7.1.1, "Representation": alpn is a list with commas; no-default-alpn has no
/// value and needs alpn beside it.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section711, EachProtocolHasItsLength) {
  EXPECT_EQ(wire("SVCB 1 . alpn=h2,h3-19"), hex("0001 00 0001 0009 026832 0568332d3139"));
}

TEST(Rfc9460Section711, NoDefaultAlpn) {
  EXPECT_EQ(wire("SVCB 1 . alpn=h2 no-default-alpn"), hex("0001 00 0001 0003 026832 0002 0000"));
  EXPECT_THAT(said("r SVCB 1 . no-default-alpn\n"),
              ElementsAre(HasSubstr("no-default-alpn requires alpn")));
}

TEST(Rfc9460Section711, AnEmptyProtocolIsNone) {
  EXPECT_THAT(said("r SVCB 1 . alpn=h2,,h3\n"),
              ElementsAre(HasSubstr("is not a valid value for alpn")));
}

}  // namespace
}  // namespace rollcall::rfc
