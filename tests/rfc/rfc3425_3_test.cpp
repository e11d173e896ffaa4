/// RFC 3425 section 3, "IQUERY Deprecated": a server answers IQUERY with "Not Implemented".
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3425Section3, IqueryIsNotImplemented) {
  EXPECT_EQ(hex(Server("").reply(octets("1234 0800 0000 0001 0000 0000"
                                        "00 0001 0001 00000000 0004 c0000201"))),
            hex("1234 8804 0000 0000 0000 0000"));
}

}  // namespace
}  // namespace rollcall::rfc
