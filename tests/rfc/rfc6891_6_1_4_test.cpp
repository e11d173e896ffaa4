/// RFC 6891 section 6.1.4, "Flags": the 15 bits behind DO are ignored in requests and zero in
/// responses.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6891Section614, FlagsThatNobodyKnows) {
  const Response response = Server("").ask({.name = "ns.example.com", .opt_ttl = 0x7fff});
  EXPECT_EQ(response.answer.size(), 1U);
  EXPECT_EQ(response.opt.value().flags, 0);
}

}  // namespace
}  // namespace rollcall::rfc
