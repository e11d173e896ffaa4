/// RFC 7314 section 2, "The EXPIRE EDNS Option": a secondary asks with SOA, AXFR and IXFR how long
/// the zone may be served; a primary answers with the EXPIRE of its SOA (section 3.1).
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

using answer::EdnsOptionText;

Octets asking(Type type, const char* name = "example.com", Octets value = {}) {
  return make_query(
      {.name = name, .type = type, .options = {{dns::EdnsOption::expire, std::move(value)}}});
}

TEST(Rfc7314Section2, TheExpireOfTheSoaIsTold) {
  const Octets expire{0, 0x09, 0x3a, 0x80};  // 604800
  const Server server("");
  const std::string soa =
      server.ask(make_query({.name = "example.com", .type = Type::SOA})).answer.at(0);
  ASSERT_NE(soa.find(" 3600 600 86400 60"), std::string::npos) << soa;
  EXPECT_EQ(server.ask(asking(Type::SOA)).option(dns::EdnsOption::expire),
            (Octets{0, 0x01, 0x51, 0x80}));  // 86400
  EXPECT_FALSE(server.ask(asking(Type::NS)).option(dns::EdnsOption::expire));
  EXPECT_FALSE(server.ask(asking(Type::SOA, "a.example.com")).option(dns::EdnsOption::expire));
  EXPECT_FALSE(server.ask(asking(Type::SOA, "example.com", expire)).option(dns::EdnsOption::expire))
      << "a value is an answer";
}

TEST(Rfc7314Section2, AndWithATransferInItsFirstMessage) {
  const zone::Catalog catalog =
      answer::load_catalog({{"example.com",
                             std::string(kApex),
                             {},
                             {.secondaries = {{{kClient, 53}, {}}}, .grants = {}}}});
  for (const Type type : {Type::AXFR, Type::IXFR}) {
    const Octets query = asking(type);
    auto opened = answer::open_transfer(catalog, as_read(catalog, query), kClient, kNow);
    ASSERT_TRUE(opened);
    Octets out(dns::kMaxMessageSize);
    out.resize(answer::next_message(*opened, out, kNow));
    EXPECT_EQ(answer::read_response(out).option(dns::EdnsOption::expire),
              (Octets{0, 0x01, 0x51, 0x80}));
  }
}

}  // namespace
}  // namespace rollcall::rfc
