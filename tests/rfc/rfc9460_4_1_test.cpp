/// RFC 9460 section 4.1, "Authoritative Servers": the addresses of in-zone targets go into the
/// additional section.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section41, TheTargetsAddressesComeAlong) {
  const Server server("r SVCB 1 t\ns HTTPS 0 t\nt A 192.0.2.2\nt AAAA 2001:db8::2\n");
  for (const auto& [name, type] :
       {std::pair("r.example.com", Type::SVCB), {"s.example.com", Type::HTTPS}}) {
    EXPECT_THAT(
        server.ask({name, type}).additional,
        ElementsAre("t.example.com. 300 A 192.0.2.2", "t.example.com. 300 AAAA 2001:db8::2"));
  }
}

}  // namespace
}  // namespace rollcall::rfc
