/// RFC 2782: SRV: priority, weight, port and a target, whose addresses may come along; its name is
/// not compressed.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2782, TheTargetsAddressesComeAlong) {
  EXPECT_EQ(
      Server("_s._tcp SRV 1 2 3 host\nhost A 192.0.2.2\n").says("_s._tcp.example.com", Type::SRV),
      "NOERROR AA\nQUESTION _s._tcp.example.com. SRV IN\n"
      "ANSWER _s._tcp.example.com. 300 SRV 1 2 3 host.example.com.\n"
      "ADDITIONAL host.example.com. 300 A 192.0.2.2\n");
}

TEST(Rfc2782, TheTargetIsWrittenInFull) {
  const Octets reply =
      Server("s SRV 1 2 3 t\n")
          .reply(make_query({.name = "s.example.com", .type = Type::SRV, .edns_size = {}}));
  EXPECT_THAT(hex(reply),
              testing::EndsWith(hex("0001 0002 0003 01 74 07 6578616d706c65 03 636f6d 00")));
}

TEST(Rfc2782, ADotAsTargetMeansNoService) {
  EXPECT_EQ(wire("SRV 0 0 0 ."), hex("0000 0000 0000 00"));
}

}  // namespace
}  // namespace rollcall::rfc
