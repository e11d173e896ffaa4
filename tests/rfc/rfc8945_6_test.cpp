/// RFC 8945 section 6, "Algorithms and Identifiers": HMAC with SHA-256, SHA-384 and SHA-512 under
/// their names.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8945Section6, EachAlgorithmSignsAndVerifies) {
  for (const char* name : {"hmac-sha256", "hmac-sha384", "hmac-sha512"}) {
    dns::TsigKey key = sample_key();
    key.algorithm = dns::parse_tsig_algorithm(name).value();
    EXPECT_EQ(dns::tsig_algorithm_name(key.algorithm), name);
    EXPECT_EQ(signed_server(key).ask(signed_request(key)).rcode, 0U) << name;
  }
}

TEST(Rfc8945Section6, WeakOnesAreNotSpoken) {
  EXPECT_EQ(dns::parse_tsig_algorithm("hmac-md5.sig-alg.reg.int"), std::nullopt);
  EXPECT_EQ(dns::parse_tsig_algorithm("hmac-sha1"), std::nullopt);
}

}  // namespace
}  // namespace rollcall::rfc
