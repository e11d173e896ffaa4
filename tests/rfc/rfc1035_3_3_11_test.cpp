/// RFC 1035 section 3.3.11, "NS RDATA format": a host that should have the zone; its address comes
/// along.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1035Section3311, AnNsCausesAdditionalSectionProcessingForItsHost) {
  EXPECT_EQ(Server("").says("example.com", Type::NS),
            "NOERROR AA\nQUESTION example.com. NS IN\n"
            "ANSWER example.com. 300 NS ns.example.com.\n"
            "ADDITIONAL ns.example.com. 300 A 192.0.2.1\n");
}

}  // namespace
}  // namespace rollcall::rfc
