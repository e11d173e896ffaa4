/// RFC 1995 section 4, "Response Format": "if incremental zone transfer is not available, the
/// entire zone is returned". What it is where it is available:
/// tests/answer/incremental_transfer_test.cpp.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1995Section4, TheEntireZoneIsReturned) {
  const zone::Catalog catalog =
      answer::load_catalog({{"example.com",
                             std::string(kApex),
                             {},
                             {.secondaries = {{{kClient, 53}, {}}}, .grants = {}}}});
  auto opened = answer::open_transfer(
      catalog, as_read(catalog, make_query({.name = "example.com", .type = Type::IXFR})), kClient,
      kNow);
  ASSERT_TRUE(opened);
  Octets out(dns::kMaxMessageSize);
  out.resize(answer::next_message(*opened, out, kNow));
  const std::string soa =
      "example.com. 300 SOA ns.example.com. root.example.com. 7 3600 600 86400 60";
  EXPECT_THAT(answer::read_response(out).answer,
              ElementsAre(soa, "example.com. 300 NS ns.example.com.",
                          "ns.example.com. 300 A 192.0.2.1", soa));
}

}  // namespace
}  // namespace rollcall::rfc
