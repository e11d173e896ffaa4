/// RFC 8914 section 4, "Defined Extended DNS Errors": 14 not ready, 18 prohibited, 20 not
/// authoritative, 24 invalid data.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

std::optional<Octets> told(const zone::Catalog& catalog, const char* name) {
  return answer::ask(catalog, Question{name}).option(EdnsOption::extended_error);
}

TEST(Rfc8914Section4, AZoneThatIsNotLoadedYetIsNotReady) {
  const zone::Catalog catalog({{name_of("example.com"), nullptr, nullptr}});
  EXPECT_EQ(told(catalog, "www.example.com"), octets("000e"));
}

TEST(Rfc8914Section4, AZoneWhoseFileIsWrongIsInvalidData) {
  const zone::Catalog catalog({{name_of("example.com"), nullptr, nullptr, true}});
  EXPECT_EQ(told(catalog, "www.example.com"), octets("0018"));
}

TEST(Rfc8914Section4, AZoneThatIsNotHereIsNotAuthoritative) {
  EXPECT_EQ(told(Server("").catalog(), "www.example.net"), octets("0014"));
}

TEST(Rfc8914Section4, ATransferToAStrangerIsProhibited) {
  const Octets query = make_query({.name = "example.com", .type = Type::AXFR});
  const Server server("");
  auto opened =
      answer::open_transfer(server.catalog(), as_read(server.catalog(), query), kClient, kNow);
  ASSERT_FALSE(opened);
  Octets out(512);
  out.resize(answer::write_refusal(as_read(server.catalog(), query), opened.error(), out, kNow));
  EXPECT_EQ(answer::read_response(out).option(EdnsOption::extended_error), octets("0012"));
}

TEST(Rfc8914Section4, WhereAllIsWellThereIsNone) {
  EXPECT_EQ(told(Server("").catalog(), "ns.example.com"), std::nullopt);
}

}  // namespace
}  // namespace rollcall::rfc
