/// RFC 6895 section 3.2, "DNS CLASS IANA Considerations": class 0 is reserved; nothing is served in
/// it.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6895Section32, ClassZeroIsRefused) {
  EXPECT_EQ(Server("").ask({.name = "example.com", .qclass = static_cast<Class>(0)}).rcode,
            unsigned(Rcode::refused));
}

}  // namespace
}  // namespace rollcall::rfc
