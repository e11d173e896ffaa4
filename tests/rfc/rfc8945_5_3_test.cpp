/// RFC 8945 section 5.3, "Generation of TSIG on Answers": the response to a signed request is
/// signed, whatever it says; one to an unsigned request is not.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

/// A signed request with an OPT of this version in front of the TSIG.
Octets signed_with_edns(std::uint8_t version) {
  Octets request = make_query({.name = "example.com",
                               .type = Type::SOA,
                               .edns_size = 1232,
                               .flags = 0,
                               .opt_ttl = std::uint32_t{version} << 16});
  const std::size_t size = request.size();
  request.resize(size + dns::kMaxTsigSize);
  request.resize(dns::sign_request(sample_key(), request, size, kNow));
  return request;
}

std::string status(const Octets& request) {
  const std::string text = to_text(signed_server().ask(request));
  return text.substr(0, text.find('\n'));
}

TEST(Rfc8945Section53, ASignedRequestGetsASignedResponse) {
  EXPECT_EQ(status(signed_with_edns(0)), "NOERROR AA EDNS TSIG");
  EXPECT_EQ(tsig_tail(signed_server().reply(signed_with_edns(0))), hex("1234 0000 0000"));
}

TEST(Rfc8945Section53, AnErrorIsSignedToo) {
  EXPECT_EQ(status(signed_with_edns(1)), "BADVERS EDNS TSIG");
}

TEST(Rfc8945Section53, ABadSignatureIsToldBeforeAnythingElse) {
  Octets request = signed_with_edns(1);
  request[0] ^= 1;  // the ID alone may differ: the original one stands in the TSIG
  EXPECT_EQ(status(request), "BADVERS EDNS TSIG");
  request[2] ^= 1;
  EXPECT_EQ(status(request), "NOTAUTH RD EDNS TSIG");
}

TEST(Rfc8945Section53, AnUnsignedRequestGetsNoTsig) {
  EXPECT_EQ(status(make_query({.name = "ns.example.com", .flags = 0})), "NOERROR AA EDNS");
}

}  // namespace
}  // namespace rollcall::rfc
