/// RFC 7873 section 5.2.1, "No OPT RR or No COOKIE Option": such a request is answered as ever, and
/// gets no cookie.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc7873Section521, WhoSendsNoneGetsNone) {
  const Response response = Server("").ask(Question{"ns.example.com"});
  EXPECT_EQ(response.answer.size(), 1U);
  EXPECT_THAT(response.opt.value().options, IsEmpty());
}

}  // namespace
}  // namespace rollcall::rfc
