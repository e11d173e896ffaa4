/// RFC 4025 section 3.2, "Examples": the five records, in and out again.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4025Section32, TheExamples) {
  const std::string key = "AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==";
  for (const char* head :
       {"10 1 2 192.0.2.38 ", "10 0 2 . ", "10 1 2 192.0.2.3 ", "10 3 2 mygateway.example.com. "}) {
    const std::string text = std::string("IPSECKEY ") + head + key;
    EXPECT_EQ(shown(text), text);
  }
  EXPECT_EQ(shown("IPSECKEY 10 2 2 2001:0DB8:0:8002::2000:1 " + key),
            "IPSECKEY 10 2 2 2001:db8:0:8002::2000:1 " + key);
}

}  // namespace
}  // namespace rollcall::rfc
