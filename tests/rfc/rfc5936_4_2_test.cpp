/// RFC 5936 section 4.2, "UDP": AXFR over UDP is not defined: it is not served there.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc5936Section42, AxfrOverUdpIsNotImplemented) {
  EXPECT_EQ(Server("").says("example.com", Type::AXFR), "NOTIMP\nQUESTION example.com. AXFR IN\n");
}

}  // namespace
}  // namespace rollcall::rfc
