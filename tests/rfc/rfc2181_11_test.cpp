/// RFC 2181 section 11, "Name syntax": any octets make a label; the DNS itself puts no restriction
/// on them.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2181Section11, AnyOctetsMakeALabel) {
  const Server server("\\000\\032\\255_- A 192.0.2.3\n");
  EXPECT_THAT(server.ask(Question{"\\000\\032\\255_-.example.com"}).answer,
              ElementsAre("\\000\\032\\255_-.example.com. 300 A 192.0.2.3"));
}

TEST(Rfc2181Section11, ADotMayStandInOne) {
  EXPECT_THAT(Server("a\\.b A 192.0.2.2\n").ask(Question{"a\\.b.example.com"}).answer,
              ElementsAre("a\\.b.example.com. 300 A 192.0.2.2"));
  EXPECT_EQ(Server("a\\.b A 192.0.2.2\n").ask(Question{"a.b.example.com"}).rcode,
            unsigned(Rcode::nxdomain));
}

}  // namespace
}  // namespace rollcall::rfc
