/// RFC 1183 section 3, "X.25 and ISDN addresses, Route Binding": X25: digits; ISDN: an address and
/// perhaps a subaddress; RT: a preference and a host.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1183Section3, TheExamples) {
  EXPECT_EQ(wire("X25 311061700956"), hex("0c 333131303631373030393536"));
  EXPECT_EQ(wire("ISDN 150862028003217"), hex("0f 313530383632303238303033323137"));
  EXPECT_EQ(wire("ISDN 150862028003217 004"), hex("0f 313530383632303238303033323137 03 303034"));
  EXPECT_EQ(shown("RT 2 relay.prime.com."), "RT 2 relay.prime.com.");
}

}  // namespace
}  // namespace rollcall::rfc
