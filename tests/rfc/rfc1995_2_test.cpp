/// RFC 1995 section 2, "Brief Description of the Protocol": over UDP a single SOA tells the client
/// to come by TCP.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1995Section2, OverUdpTheSoaAlone) {
  const std::string soa =
      "ANSWER example.com. 300 SOA ns.example.com. root.example.com. 7 3600 600 86400 60\n";
  EXPECT_EQ(Server("").says("example.com", Type::IXFR),
            "NOERROR AA\nQUESTION example.com. IXFR IN\n" + soa);
}

TEST(Rfc1995Section2, OnlyAZoneCanBeTransferred) {
  EXPECT_EQ(Server("").says("ns.example.com", Type::IXFR),
            "NOTAUTH\nQUESTION ns.example.com. IXFR IN\n");
}

}  // namespace
}  // namespace rollcall::rfc
