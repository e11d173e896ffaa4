/// RFC 8906 section 3.1.3, "DNS Flags": flags that are not assigned are ignored and not echoed.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8906Section313, TheLastReservedFlag) {
  EXPECT_EQ(to_text(Server("").ask({.name = "ns.example.com", .edns_size = {}, .flags = 0x0040})),
            "NOERROR AA\nQUESTION ns.example.com. A IN\nANSWER ns.example.com. 300 A 192.0.2.1\n");
}

}  // namespace
}  // namespace rollcall::rfc
