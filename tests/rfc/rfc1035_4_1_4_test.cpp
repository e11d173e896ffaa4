/// RFC 1035 section 4.1.4, "Message compression": a name may end in a pointer to a prior
/// occurrence.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// The section's own example: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.
Octets example() {
  Octets message(93);
  const auto put = [&message](std::size_t at, std::string_view digits) {
    std::ranges::copy(octets(digits), message.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(20, "01 46 03 495349 04 41525041 00");
  put(40, "03 464f4f c014");
  put(64, "c01a");
  put(92, "00");
  return message;
}

TEST(Rfc1035Section414, TheExampleIsRead) {
  const Octets message = example();
  const auto read = [&message](std::size_t at) {
    const auto decoded = dns::decode_name(message, at).value();
    return decoded.name.to_text() + " " + std::to_string(decoded.consumed);
  };
  EXPECT_EQ(read(20), "F.ISI.ARPA. 12");
  EXPECT_EQ(read(40), "FOO.F.ISI.ARPA. 6");
  EXPECT_EQ(read(64), "ARPA. 2");
  EXPECT_EQ(read(92), ". 1");
}

TEST(Rfc1035Section414, APointerPointsToAPriorOccurrence) {
  EXPECT_EQ(dns::decode_name(octets("c000"), 0).error(), dns::NameError::loop);
  EXPECT_EQ(dns::decode_name(octets("c002 00"), 0).error(), dns::NameError::loop);
  EXPECT_EQ(dns::decode_name(octets("0161 c000"), 0).error(), dns::NameError::loop);
  EXPECT_EQ(dns::decode_name(octets("00 c0"), 1).error(), dns::NameError::truncated);
}

TEST(Rfc1035Section414, TheOtherTwoHighBitsAreReserved) {
  EXPECT_FALSE(dns::decode_name(octets("40 00"), 0));
  EXPECT_FALSE(dns::decode_name(octets("80 00"), 0));
}

TEST(Rfc1035Section414, NamesInAResponseEndInPointers) {
  const Octets reply =
      Server("@ MX 10 mail\nmail A 192.0.2.2\n")
          .reply(octets("1234 0000 0001 0000 0000 0000 076578616d706c65 03636f6d 00 000f 0001"));
  EXPECT_EQ(hex(reply), hex("1234 8400 0001 0001 0000 0001"
                            "076578616d706c65 03636f6d 00 000f 0001"
                            "c00c 000f 0001 0000012c 0009 000a 046d61696c c00c"
                            "c02b 0001 0001 0000012c 0004 c0000202"));
}

TEST(Rfc1035Section414, AQuestionHasNothingToPointTo) {
  EXPECT_EQ(to_text(Server("").ask(octets("1234 0000 0001 0000 0000 0000 c000 0001 0001"))),
            "FORMERR\n");
}

}  // namespace
}  // namespace rollcall::rfc
