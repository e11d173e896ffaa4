/// RFC 8945 section 6, "Algorithms and Identifiers": HMAC with SHA-2 under its names, and with
/// SHA-1 and MD5 for peers that have nothing better.
#include "rfc/conversation.hpp"
#include "rfc/signed_conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc8945Section6, EachAlgorithmSignsAndVerifies) {
  for (const char* name :
       {"hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-sha224", "hmac-sha1", "hmac-md5"}) {
    dns::TsigKey key = sample_key();
    key.algorithm = dns::parse_tsig_algorithm(name).value();
    EXPECT_EQ(dns::tsig_algorithm_name(key.algorithm), name);
    EXPECT_EQ(signed_server(key).ask(signed_request(key)).rcode, 0U) << name;
    dns::TsigKey other = key;
    other.secret.back() ^= 1;
    EXPECT_EQ(signed_server(other).ask(signed_request(key)).rcode,
              static_cast<unsigned>(Rcode::notauth))
        << name;
  }
}

TEST(Rfc8945Section6, Md5HasANameOfItsOwnInMessages) {
  EXPECT_EQ(dns::parse_tsig_algorithm("hmac-md5.sig-alg.reg.int"), dns::TsigAlgorithm::hmac_md5);
  dns::TsigKey key = sample_key();
  key.algorithm = dns::TsigAlgorithm::hmac_md5;
  EXPECT_THAT(hex(signed_request(key)),
              HasSubstr(hex("08 686d61632d6d6435 07 7369672d616c67 03 726567 03 696e74 00")));
}

TEST(Rfc8945Section6, WhichAreWeak) {
  for (const char* name : {"hmac-sha224", "hmac-sha1", "hmac-md5"}) {
    EXPECT_TRUE(dns::is_weak(dns::parse_tsig_algorithm(name).value())) << name;
  }
  for (const char* name : {"hmac-sha256", "hmac-sha384", "hmac-sha512"}) {
    EXPECT_FALSE(dns::is_weak(dns::parse_tsig_algorithm(name).value())) << name;
  }
}

}  // namespace
}  // namespace rollcall::rfc
