/// RFC 3123 section 6, "Examples": the four records, in and out again.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3123Section6, TheExamples) {
  for (const char* text : {"APL 1:192.168.32.0/21 !1:192.168.38.0/28",
                           "APL 1:192.168.42.0/26 1:192.168.42.64/26 1:192.168.42.128/25",
                           "APL 1:127.0.0.1/32 1:172.16.64.0/22"}) {
    EXPECT_EQ(shown(text), text);
  }
  EXPECT_EQ(shown("APL 1:224.0.0.0/4 2:FF00:0:0:0:0:0:0:0/8"), "APL 1:224.0.0.0/4 2:ff00::/8");
}

}  // namespace
}  // namespace rollcall::rfc
