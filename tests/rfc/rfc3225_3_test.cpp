/// RFC 3225 section 3, "Protocol Changes": "the DO bit of the query MUST be copied in the
/// response".
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc3225Section3, DoIsCopied) {
  const Server server("");
  const auto says = [&server](std::uint32_t opt_ttl) {
    return to_text(server.ask({.name = "ns.example.com", .flags = 0, .opt_ttl = opt_ttl}));
  };
  const std::string rest =
      "QUESTION ns.example.com. A IN\nANSWER ns.example.com. 300 A 192.0.2.1\n";
  EXPECT_EQ(says(0x8000), "NOERROR AA EDNS DO\n" + rest);
  EXPECT_EQ(says(0), "NOERROR AA EDNS\n" + rest);
}

}  // namespace
}  // namespace rollcall::rfc
