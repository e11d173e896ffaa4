/// RFC 7873 section 5.2.2, "Malformed COOKIE Option": a cookie of other than 8 or 16 to 40 octets
/// is a format error.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7873Section522, TheSizesThatACookieHas) {
  for (std::size_t size = 0; size <= 48; ++size) {
    const Response response =
        Server("").ask({.name = "ns.example.com", .options = {{EdnsOption::cookie, Octets(size)}}});
    const bool good = size == 8 || (size >= 16 && size <= 40);
    EXPECT_EQ(response.rcode, unsigned(good ? Rcode::noerror : Rcode::formerr)) << size;
  }
}

}  // namespace
}  // namespace rollcall::rfc
