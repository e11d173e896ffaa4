/// RFC 8945 section 10, "Security Considerations": a fudge of 300 seconds is recommended.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8945Section10, OurTsigsHaveIt) {
  const std::string time_and_fudge = hex("00006b02d940 012c");
  EXPECT_THAT(hex(signed_request()), HasSubstr(time_and_fudge));
  EXPECT_THAT(hex(signed_server().reply(signed_request())), HasSubstr(time_and_fudge));
}

}  // namespace
}  // namespace rollcall::rfc
