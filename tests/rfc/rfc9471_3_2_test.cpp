/// RFC 9471 section 3.2, "Glue for Sibling Domain Name Servers": it comes along where there is
/// room.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9471Section32, TheGlueOfASiblingComesAlong) {
  const Server server("bar NS ns.foo\nfoo NS ns.foo\nns.foo A 192.0.2.11\n");
  EXPECT_THAT(server.ask(Question{"www.bar.example.com"}).additional,
              ElementsAre("ns.foo.example.com. 300 A 192.0.2.11"));
}

}  // namespace
}  // namespace rollcall::rfc
