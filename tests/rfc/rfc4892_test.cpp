/// RFC 4892: id.server and version.server in class CHAOS say who answers; they can be turned off.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4892, IdServerIsATextInChaos) {
  const Server server("", {.chaos = {.version = "", .identity = "ns1.example"}});
  EXPECT_EQ(to_text(server.ask(
                {.name = "id.server", .type = Type::TXT, .qclass = Class::CH, .flags = 0})),
            "NOERROR EDNS\nQUESTION id.server. TXT CH\nANSWER id.server. 0 TXT \"ns1.example\"\n");
}

TEST(Rfc4892, WhatIsTurnedOffIsRefused) {
  EXPECT_EQ(Server("").ask({.name = "id.server", .type = Type::TXT, .qclass = Class::CH}).rcode,
            unsigned(Rcode::refused));
}

}  // namespace
}  // namespace rollcall::rfc
