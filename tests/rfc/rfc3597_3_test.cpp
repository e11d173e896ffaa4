/// RFC 3597 section 3, "Transparency": a server handles the RDATA of a type that it does not know
/// as octets.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3597Section3, AnUnknownTypeIsServed) {
  const Server server("r TYPE65280 \\# 4 C00C0001\n");
  EXPECT_EQ(server.says("r.example.com", static_cast<Type>(65280)),
            "NOERROR AA\nQUESTION r.example.com. TYPE65280 IN\n"
            "ANSWER r.example.com. 300 TYPE65280 \\# 4 C00C0001\n");
}

}  // namespace
}  // namespace rollcall::rfc
