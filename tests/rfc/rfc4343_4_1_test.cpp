/// RFC 4343 section 4.1, "DNS Output Case Preservation": names keep the case that they came with:
/// the question's and the zone's.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4343Section41, TheQuestionKeepsItsCase) {
  EXPECT_EQ(Server("www MX 1 MaIl.Net.\n").says("wWw.eXample.cOm", Type::MX),
            "NOERROR AA\nQUESTION wWw.eXample.cOm. MX IN\n"
            "ANSWER wWw.eXample.cOm. 300 MX 1 MaIl.Net.\n");
}

TEST(Rfc4343Section41, ATransferHasTheOwnersOfTheZoneInTheirCase) {
  const zone::Catalog catalog =
      answer::load_catalog({{"example.com",
                             std::string(kApex) + "WwW A 192.0.2.9\n",
                             {},
                             {.secondaries = {{{kClient, 53}, {}}}, .grants = {}}}});
  const Octets packet = make_query({.name = "example.com", .type = Type::AXFR});
  auto opened = answer::open_transfer(catalog, as_read(catalog, packet), kClient, kNow);
  ASSERT_TRUE(opened);
  Octets out(dns::kMaxMessageSize);
  const std::size_t size = answer::next_message(*opened, out, kNow);
  EXPECT_THAT(answer::read_response(Bytes(out).first(size)).answer,
              testing::Contains(HasSubstr("WwW.example.com. ")));
}

}  // namespace
}  // namespace rollcall::rfc
