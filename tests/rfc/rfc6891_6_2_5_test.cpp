/// RFC 6891 section 6.2.5, "Payload Size Selection": what a server offers is what it reads; more
/// than it sends itself asks for nothing.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6891Section625, TheServerOffers1232) {
  EXPECT_EQ(Server("").ask({.name = "example.com", .edns_size = 4096}).opt.value().udp_size, 1232);
}

}  // namespace
}  // namespace rollcall::rfc
