/// RFC 9540: ohttp, key 8, has no value.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9540, OhttpIsKey8) {
  EXPECT_EQ(wire("HTTPS 1 . alpn=h2 ohttp"), hex("0001 00 0001 0003 026832 0008 0000"));
  EXPECT_THAT(said("r HTTPS 1 . ohttp=x\n"),
              ElementsAre(HasSubstr("is not a valid value for ohttp")));
}

}  // namespace
}  // namespace rollcall::rfc
