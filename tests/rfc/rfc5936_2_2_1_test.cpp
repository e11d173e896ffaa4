/// RFC 5936 section 2.2.1, "Header Values": ID copied, QR and AA set, TC, RA and Z zero; NOTAUTH
/// for a zone that is not here, REFUSED for who may not.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

zone::Catalog catalog() {
  return answer::load_catalog({{"example.com",
                                std::string(kApex),
                                {},
                                {.secondaries = {{{kClient, 53}, {}}}, .grants = {}}}});
}

TEST(Rfc5936Section221, TheHeaderOfAMessage) {
  const zone::Catalog zones = catalog();
  auto opened = answer::open_transfer(
      zones,
      as_read(
          zones,
          make_query({.name = "example.com", .type = Type::AXFR, .edns_size = {}, .id = 0xbeef})),
      kClient, kNow);
  ASSERT_TRUE(opened);
  Octets out(dns::kMaxMessageSize);
  answer::next_message(*opened, out, kNow);
  EXPECT_EQ(hex(Bytes(out).first(12)), hex("beef 8400 0001 0004 0000 0000"));
}

TEST(Rfc5936Section221, WhoIsRefusedAndHow) {
  const auto refusal = [](const char* name, const char* client) {
    const Octets query =
        make_query({.name = name, .type = Type::AXFR, .edns_size = {}, .flags = 0});
    const zone::Catalog zones = catalog();
    auto opened =
        answer::open_transfer(zones, as_read(zones, query), *IpAddress::parse(client), kNow);
    if (opened) return std::string("granted");
    Octets out(512);
    out.resize(answer::write_refusal(as_read(zones, query), opened.error(), out, kNow));
    return to_text(answer::read_response(out));
  };
  EXPECT_EQ(refusal("example.com", "198.51.100.100"), "granted");
  EXPECT_EQ(refusal("example.com", "198.51.100.101"), "REFUSED\nQUESTION example.com. AXFR IN\n");
  EXPECT_EQ(refusal("example.net", "198.51.100.100"), "NOTAUTH\nQUESTION example.net. AXFR IN\n");
  EXPECT_EQ(refusal("ns.example.com", "198.51.100.100"),
            "NOTAUTH\nQUESTION ns.example.com. AXFR IN\n");
}

}  // namespace
}  // namespace rollcall::rfc
