/// RFC 4034 appendix A, "DNSSEC Algorithm and Digest Types": algorithms by their mnemonics.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4034AppendixA, MnemonicsAndTheirNumbers) {
  const std::pair<const char*, int> algorithms[] = {
      {"RSAMD5", 1},     {"DH", 2},           {"DSA", 3},         {"RSASHA1", 5},
      {"INDIRECT", 252}, {"PRIVATEDNS", 253}, {"PRIVATEOID", 254}};
  for (const auto& [mnemonic, number] : algorithms) {
    EXPECT_EQ(shown(std::string("DNSKEY 256 3 ") + mnemonic + " AQAB"),
              "DNSKEY 256 3 " + std::to_string(number) + " AQAB");
  }
  EXPECT_THAT(said("r DNSKEY 256 3 ROT13 AQAB\n"),
              ElementsAre(HasSubstr("expected a DNSSEC algorithm")));
}

}  // namespace
}  // namespace rollcall::rfc
