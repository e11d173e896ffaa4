/// RFC 6891 section 5, "Extended Label Types": the label type 01 is of no use: it is not read.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6891Section5, AnExtendedLabelIsAFormatError) {
  EXPECT_EQ(to_text(Server("").ask(octets("1234 0000 0001 0000 0000 0000 4101 00 0001 0001"))),
            "FORMERR\n");
}

}  // namespace
}  // namespace rollcall::rfc
