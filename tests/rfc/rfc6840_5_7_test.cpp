/// RFC 6840 section 5.7, "Setting the AD Bit on Queries": AD in a question is a wish, and makes no
/// difference to a server without signatures.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6840Section57, AdInAQuestionChangesNothing) {
  const Server server("");
  const auto with = [&server](std::uint16_t flags) {
    return to_text(server.ask({.name = "ns.example.com", .flags = flags}));
  };
  EXPECT_EQ(with(0x0020), with(0));
}

}  // namespace
}  // namespace rollcall::rfc
