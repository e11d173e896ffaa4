/// RFC 4034 section 5.3, "The DS RR Presentation Format": key tag, algorithm, digest type, and the
/// digest in hexadecimal digits, blanks allowed; the example of section 5.4.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4034Section53, TheExample) {
  EXPECT_EQ(wire("DS 60485 5 1 ( 2BB183AF5F22588179A53B0A\n 98631FAD1A292118 )"),
            hex("ec45 05 01 2bb183af5f22588179a53b0a98631fad1a292118"));
}

}  // namespace
}  // namespace rollcall::rfc
