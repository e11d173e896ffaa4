/// RFC 9460 section 2.5, "Special Handling of "." in TargetName": it is the owner in ServiceMode,
/// and "no service" in AliasMode.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc9460Section25, InServiceModeTheOwnersAddressesComeAlong) {
  EXPECT_EQ(Server("r HTTPS 1 . alpn=h2\nr A 192.0.2.2\n").says("r.example.com", Type::HTTPS),
            "NOERROR AA\nQUESTION r.example.com. HTTPS IN\n"
            "ANSWER r.example.com. 300 HTTPS 1 . alpn=\"h2\"\n"
            "ADDITIONAL r.example.com. 300 A 192.0.2.2\n");
}

}  // namespace
}  // namespace rollcall::rfc
