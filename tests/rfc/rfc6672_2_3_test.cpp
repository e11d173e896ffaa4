/// RFC 6672 section 2.3, "DNAME Owner Name Matching the QNAME": a DNAME redirects what is below its
/// owner, never the owner; no CNAME stands beside it.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6672Section23, TheOwnerHasItsOwnData) {
  const Server server("d DNAME example.net.\nd A 192.0.2.2\n");
  EXPECT_EQ(server.says("d.example.com"),
            "NOERROR AA\nQUESTION d.example.com. A IN\nANSWER d.example.com. 300 A 192.0.2.2\n");
  EXPECT_EQ(server.says("d.example.com", Type::TXT),
            std::string("NOERROR AA\nQUESTION d.example.com. TXT IN\n").append(kDenial));
}

}  // namespace
}  // namespace rollcall::rfc
