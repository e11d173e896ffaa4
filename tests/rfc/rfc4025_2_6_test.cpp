/// RFC 4025 section 2.6, "RDATA Format - Public Keys": the key is the rest of the RDATA, without a
/// length.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4025Section26, TheKeyIsTheRest) {
  EXPECT_EQ(wire("IPSECKEY 10 1 2 192.0.2.3 AQID BAUG"), hex("0a 01 02 c0000203 010203040506"));
}

}  // namespace
}  // namespace rollcall::rfc
