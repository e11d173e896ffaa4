/// RFC 4648 section 4, "Base 64 Encoding": the vectors of section 10, with padding.
#include "dns/encoding.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4648Section4, TheVectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : vectors) {
    EXPECT_EQ(dns::to_base64(as_bytes(text)), encoded);
    Octets out;
    EXPECT_TRUE(dns::from_base64(encoded, out));
    EXPECT_EQ(as_text(out), text);
  }
}

TEST(Rfc4648Section4, PaddingIsNeeded) {
  Octets out;
  EXPECT_FALSE(dns::from_base64("Zg", out));
  EXPECT_FALSE(dns::from_base64("Zg=", out));
}

}  // namespace
}  // namespace rollcall::rfc
