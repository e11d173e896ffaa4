/// RFC 4255 section 3.2, "Presentation Format of the SSHFP RR": algorithm, fingerprint type, and
/// the fingerprint in hexadecimal digits.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4255Section32, TheExample) {
  EXPECT_EQ(wire("SSHFP 2 1 123456789abcdef67890123456789abcdef67890"),
            hex("02 01 123456789abcdef67890123456789abcdef67890"));
}

}  // namespace
}  // namespace rollcall::rfc
