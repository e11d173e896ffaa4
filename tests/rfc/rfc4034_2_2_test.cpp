/// RFC 4034 section 2.2, "The DNSKEY RR Presentation Format": the key is base64, blanks allowed in
/// it; the algorithm a number or a mnemonic.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4034Section22, BlanksInBase64SayNothing) {
  EXPECT_EQ(shown("DNSKEY 256 3 5 ( AQPSKmynfzW4kyBv015MUG2DeIQ3\n Cbl+BBZH4b/0PY1kxkmvHjcZc8no )"),
            "DNSKEY 256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8no");
}

TEST(Rfc4034Section22, AnAlgorithmMayBeAMnemonic) {
  EXPECT_EQ(wire("DNSKEY 257 3 RSASHA1 AQAB"), wire("DNSKEY 257 3 5 AQAB"));
}

}  // namespace
}  // namespace rollcall::rfc
