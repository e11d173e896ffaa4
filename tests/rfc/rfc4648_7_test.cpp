/// RFC 4648 section 7, "Base 32 Encoding with Extended Hex Alphabet": the vectors of section 10,
/// without padding as DNS has them.
#include "dns/encoding.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4648Section7, TheVectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "CO"},
                                                         {"fo", "CPNG"},
                                                         {"foo", "CPNMU"},
                                                         {"foob", "CPNMUOG"},
                                                         {"fooba", "CPNMUOJ1"},
                                                         {"foobar", "CPNMUOJ1E8"}};
  for (const auto& [text, encoded] : vectors) {
    EXPECT_EQ(dns::to_base32hex(as_bytes(text)), encoded);
    Octets out;
    EXPECT_TRUE(dns::from_base32hex(encoded, out));
    EXPECT_EQ(as_text(out), text);
  }
}

}  // namespace
}  // namespace rollcall::rfc
