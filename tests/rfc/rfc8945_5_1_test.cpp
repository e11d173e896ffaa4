/// RFC 8945 section 5.1, "Generation of TSIG on Requests": the TSIG is the last record of the
/// additional section, and the only one.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8945Section51, OneThatIsNotTheLastIsAFormatError) {
  Octets request = signed_request();
  request[11] = 2;
  for (const std::uint8_t octet : octets("00 0029 1000 00000000 0000")) request.push_back(octet);
  EXPECT_EQ(signed_server().ask(request).rcode, unsigned(Rcode::formerr));
}

TEST(Rfc8945Section51, TwoAreAFormatError) {
  Octets request = signed_request();
  const Octets tsig(request.begin() + 12 + 13 + 4, request.end());
  request[11] = 2;
  request.insert(request.end(), tsig.begin(), tsig.end());
  EXPECT_EQ(signed_server().ask(request).rcode, unsigned(Rcode::formerr));
}

}  // namespace
}  // namespace rollcall::rfc
