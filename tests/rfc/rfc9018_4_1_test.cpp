/// RFC 9018 section 4.1, "The Version Sub-Field": 1; a cookie of another version is none of ours.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9018Section41, AnotherVersionIsNotValid) {
  const Octets client = octets("0102030405060708");
  answer::ServerCookie cookie = answer::make_server_cookie(client, kClient.octets(), kNow, {});
  EXPECT_TRUE(answer::valid_server_cookie(client, cookie, kClient.octets(), kNow, {}));
  cookie[0] = 2;
  EXPECT_FALSE(answer::valid_server_cookie(client, cookie, kClient.octets(), kNow, {}));
}

}  // namespace
}  // namespace rollcall::rfc
