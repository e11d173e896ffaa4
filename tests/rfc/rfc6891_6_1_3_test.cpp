/// RFC 6891 section 6.1.3, "OPT Record TTL Field Use": the upper bits of the RCODE, and the
/// version; one that is not spoken gets BADVERS and the version that is.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6891Section613, AnotherVersionIsBadvers) {
  for (const std::uint32_t version : {1U, 255U}) {
    const Response response =
        Server("").ask({.name = "ns.example.com", .flags = 0, .opt_ttl = version << 16});
    EXPECT_EQ(to_text(response), "BADVERS EDNS\nQUESTION ns.example.com. A IN\n");
    EXPECT_EQ(response.opt.value().version, 0);
  }
}

TEST(Rfc6891Section613, TheUpperBitsOfARequestSayNothing) {
  EXPECT_EQ(Server("").ask({.name = "ns.example.com", .opt_ttl = 0xff000000}).answer.size(), 1U);
}

}  // namespace
}  // namespace rollcall::rfc
