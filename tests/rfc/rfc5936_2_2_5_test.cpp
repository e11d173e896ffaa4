/// RFC 5936 section 2.2.5, "Additional Section": an OPT in the first message where the request has
/// one, a TSIG in each where it has one.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// The messages of a transfer of a zone of some hundred records, in pieces.
std::vector<Response> messages(std::optional<std::uint16_t> edns_size) {
  std::string records = std::string(kApex);
  for (int i = 0; i < 400; ++i) records += "h" + std::to_string(i) + " A 192.0.2.2\n";
  const zone::Catalog catalog = answer::load_catalog(
      {{"example.com", records, {}, {.secondaries = {{{kClient, 53}, {}}}, .grants = {}}}});
  const Octets query = make_query(
      {.name = "example.com", .type = Type::AXFR, .edns_size = edns_size, .opt_ttl = 0x8000});
  auto opened = answer::open_transfer(catalog, as_read(catalog, query), kClient, kNow);
  std::vector<Response> all;
  Octets out(4096);
  while (const std::size_t size = answer::next_message(opened.value(), out, kNow)) {
    all.push_back(answer::read_response(Bytes(out).first(size)));
  }
  return all;
}

TEST(Rfc5936Section225, AnOptIsInTheFirstMessage) {
  const std::vector<Response> all = messages(4096);
  ASSERT_GT(all.size(), 1U);
  EXPECT_EQ(all.front().opt.value().flags, 0x8000);
  EXPECT_FALSE(all.back().opt);
}

TEST(Rfc5936Section225, WithoutOneInTheRequestThereIsNone) {
  for (const Response& message : messages(std::nullopt)) EXPECT_FALSE(message.opt);
}

}  // namespace
}  // namespace rollcall::rfc
