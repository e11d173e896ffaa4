/// RFC 3596 section 3, "Modifications to Existing Query Types": what adds A to the additional
/// section adds AAAA.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3596Section3, NsMxAndSrvBringAaaaAlong) {
  const Server server("@ MX 1 six\ns SRV 1 2 3 six\nsub NS six\nsix AAAA 2001:db8::6\n");
  const std::string six = "six.example.com. 300 AAAA 2001:db8::6";
  EXPECT_THAT(server.ask({"example.com", Type::MX}).additional, ElementsAre(six));
  EXPECT_THAT(server.ask({"s.example.com", Type::SRV}).additional, ElementsAre(six));
  EXPECT_THAT(server.ask(Question{"sub.example.com"}).additional, ElementsAre(six));
}

}  // namespace
}  // namespace rollcall::rfc
