/// RFC 5936 section 2.2, "AXFR Response": the SOA first and last, everything else between them
/// once.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc5936Section22, TheZoneStandsBetweenTwoSoas) {
  const zone::Catalog catalog =
      answer::load_catalog({{"example.com",
                             std::string(kApex) + "sub NS ns.sub\nns.sub A 192.0.2.9\n*.w TXT t\n",
                             {},
                             {.secondaries = {{{kClient, 53}, {}}}, .grants = {}}}});
  auto opened = answer::open_transfer(
      catalog, as_read(catalog, make_query({.name = "example.com", .type = Type::AXFR})), kClient,
      kNow);
  ASSERT_TRUE(opened);
  Octets out(dns::kMaxMessageSize);
  out.resize(answer::next_message(*opened, out, kNow));
  const std::vector<std::string> records = answer::read_response(out).answer;
  EXPECT_THAT(records.front(), HasSubstr(" SOA "));
  EXPECT_EQ(records.front(), records.back());
  EXPECT_THAT(std::vector(records.begin() + 1, records.end() - 1),
              UnorderedElementsAre(
                  "example.com. 300 NS ns.example.com.", "ns.example.com. 300 A 192.0.2.1",
                  "sub.example.com. 300 NS ns.sub.example.com.",
                  "ns.sub.example.com. 300 A 192.0.2.9", "*.w.example.com. 300 TXT \"t\""));
  Octets more(dns::kMaxMessageSize);
  EXPECT_EQ(answer::next_message(*opened, more, kNow), 0U);
}

}  // namespace
}  // namespace rollcall::rfc
