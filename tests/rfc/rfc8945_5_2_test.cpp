/// RFC 8945 section 5.2, "Server Processing of Request": key, then MAC, then time; NOTAUTH with the
/// error in the TSIG; nothing is signed without a key that fits.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

/// "BADKEY, unsigned": the RCODE and whether the TSIG of the response has a MAC.
std::string verdict(const Octets& request) {
  const Octets reply = signed_server().reply(request);
  const Response response = answer::read_response(reply);
  // Key, fixed fields, algorithm, time and fudge stand before the size of the MAC.
  const std::size_t size_at = hex(reply).find(hex("00006b02")) / 2 + 8;
  const bool has_mac = load_u16(reply.data() + size_at) != 0;
  return to_text(response).substr(0, to_text(response).find('\n')) + (has_mac ? "" : ", no MAC");
}

TEST(Rfc8945Section52, AGoodSignatureIsAnsweredUnderOne) {
  EXPECT_EQ(verdict(signed_request()), "NOERROR AA TSIG");
}

TEST(Rfc8945Section52, AnUnknownKeyIsAnsweredWithoutAMac) {  // 5.2.1
  dns::TsigKey other = sample_key();
  other.name = name_of("other.example");
  EXPECT_EQ(verdict(signed_request(other)), "NOTAUTH TSIG, no MAC");
}

TEST(Rfc8945Section52, ABadMacIsToo) {  // 5.2.2
  dns::TsigKey other = sample_key();
  other.secret[31] ^= 1;
  EXPECT_EQ(verdict(signed_request(other)), "NOTAUTH TSIG, no MAC");
}

TEST(Rfc8945Section52, AnotherTimeIsAnsweredUnderAMacWithOurClock) {  // 5.2.3
  const Octets late = signed_request(sample_key(), kNow - std::chrono::seconds(301));
  EXPECT_EQ(verdict(late), "NOTAUTH TSIG");
  EXPECT_EQ(hex(Bytes(signed_server().reply(late)).last(12)), hex("1234 0012 0006 00006b02d940"));
  EXPECT_EQ(verdict(signed_request(sample_key(), kNow - std::chrono::seconds(300))),
            "NOERROR AA TSIG");
}

}  // namespace
}  // namespace rollcall::rfc
