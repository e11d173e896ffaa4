/// RFC 4034 section 6.3, "Canonical RR Ordering within an RRset": by RDATA as octets; records that
/// are equal in canonical form are one.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4034Section63, ASetIsKeptInThisOrder) {
  const Server server("r A 192.0.2.10\nr A 192.0.2.9\nr A 10.0.0.1\n");
  const zone::RrsetHeader* set = zone::find_node(server.zone(), "r.example.com")->find(Type::A);
  std::vector<std::string> order;
  for (std::size_t i = 0; i < set->count; ++i) {
    order.push_back(hex(set->records().subspan(i * 16 + 12, 4)));
  }
  EXPECT_THAT(order, ElementsAre("0A000001", "C0000209", "C000020A"));
}

TEST(Rfc4034Section63, NamesInRdataAreComparedWithoutCase) {
  EXPECT_THAT(said("r MX 1 ns\nr MX 1 NS\n"),
              ElementsAre("zone:6:1: warning: duplicate MX record ignored"));
  EXPECT_THAT(said("r TXT a\nr TXT A\n"), IsEmpty());
}

}  // namespace
}  // namespace rollcall::rfc
