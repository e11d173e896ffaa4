/// RFC 5001 section 2.2, "Name Server Behavior": NSID goes to who asks for it, by an option without
/// data.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc5001Section22, WhoAsksIsTold) {
  const Server server("", {.nsid = "ns1"});
  const Response asked = server.ask({.name = "example.com", .options = {{EdnsOption::nsid, {}}}});
  EXPECT_EQ(asked.option(EdnsOption::nsid), (Octets{'n', 's', '1'}));
  EXPECT_EQ(server.ask(Question{"example.com"}).option(EdnsOption::nsid), std::nullopt);
}

TEST(Rfc5001Section22, WithoutANameThereIsNoOption) {
  const Response response =
      Server("").ask({.name = "example.com", .options = {{EdnsOption::nsid, {}}}});
  EXPECT_THAT(response.opt.value().options, IsEmpty());
}

}  // namespace
}  // namespace rollcall::rfc
