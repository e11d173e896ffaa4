/// RFC 8945 section 4.3, "MAC Computation": over the request's MAC, the message, and the variables;
/// both messages were computed apart from this code.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

const std::string kTsigHead =
    "03 6b6579 07 6578616d706c65 00 00fa 00ff 00000000 003d"
    "0b 686d61632d736861323536 00 00006b02d940 012c 0020";

TEST(Rfc8945Section43, ASignedRequestOctetByOctet) {
  EXPECT_EQ(
      hex(signed_request()),
      hex("1234 0000 0001 0000 0000 0001 07 6578616d706c65 03 636f6d 00 0006 0001" + kTsigHead +
          "cec474c36f5a36f454606187651c75e4fe76092998e26785112fdd0cb9f0257a 1234 0000 0000"));
}

TEST(Rfc8945Section43, ItsSignedResponseOctetByOctet) {
  EXPECT_EQ(hex(signed_server().reply(signed_request())),
            hex("1234 8400 0001 0001 0000 0001 07 6578616d706c65 03 636f6d 00 0006 0001"
                "c00c 0006 0001 0000012c 0020 02 6e73 c00c 04 726f6f74 c00c"
                "00000007 00000e10 00000258 00015180 0000003c" +
                kTsigHead +
                "f08cfc9e3352ef2686fcddfdceebeeaa81a767475bc2447417c2b79e549c1c0a 1234 0000 0000"));
}

TEST(Rfc8945Section43, KeyAndAlgorithmAreDigestedInLowerCase) {
  Octets request = signed_request();
  request[12 + 13 + 4 + 1] = 'K';
  EXPECT_EQ(signed_server().ask(request).rcode, unsigned(Rcode::noerror));
}

}  // namespace
}  // namespace rollcall::rfc
