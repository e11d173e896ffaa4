/// RFC 9461: dohpath, key 7, is a URI template.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9461, DohpathIsKey7) {
  EXPECT_EQ(wire("SVCB 1 . alpn=h2 dohpath=/q{?dns}"),
            hex("0001 00 0001 0003 026832 0007 0008 2f717b3f646e737d"));
  EXPECT_THAT(said("r SVCB 1 . dohpath\n"),
              ElementsAre(HasSubstr("is not a valid value for dohpath")));
}

}  // namespace
}  // namespace rollcall::rfc
