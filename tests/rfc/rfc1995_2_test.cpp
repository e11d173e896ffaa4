/// RFC 1995 section 2, "Brief Description of the Protocol": over UDP a single SOA tells the client
/// to come by TCP; a client that has what is served, or a newer version, gets one by either.
#include "answer/transfer.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1995Section2, OverUdpTheSoaAlone) {
  const std::string soa =
      "ANSWER example.com. 300 SOA ns.example.com. root.example.com. 7 3600 600 86400 60\n";
  EXPECT_EQ(Server("").says("example.com", Type::IXFR),
            "NOERROR AA\nQUESTION example.com. IXFR IN\n" + soa);
}

/// The records of all messages that answer an IXFR by TCP from a client with that serial.
std::size_t records_sent(std::uint32_t serial) {
  const zone::Catalog catalog =
      answer::load_catalog({{"example.com",
                             std::string(kApex),
                             {},
                             {.secondaries = {{{kClient, 53}, {}}}, .grants = {}}}});
  Octets packet = octets(
      "1234 0000 0001 0000 0001 0000 076578616d706c65 03636f6d 00 00fb 0001"
      "c00c 0006 0001 00000000 001a 0161 00 0162 00 00000000 00000000 00000000 00000000 00000000");
  store_u32(packet.data() + packet.size() - 20, serial);
  auto opened = answer::open_transfer(catalog, as_read(catalog, packet), kClient, kNow);
  std::size_t records = 0;
  Octets out(dns::kMaxMessageSize);
  while (const std::size_t size = answer::next_message(*opened, out, kNow)) {
    records += answer::read_response(Bytes(out).first(size)).answer.size();
  }
  return records;
}

TEST(Rfc1995Section2, ByTcpOneSoaForAClientThatIsUpToDate) {
  EXPECT_EQ(records_sent(7), 1U);
  EXPECT_EQ(records_sent(8), 1U);
  EXPECT_EQ(records_sent(0x80000006), 1U);
}

TEST(Rfc1995Section2, ByTcpTheZoneForAnOlderClient) {
  EXPECT_EQ(records_sent(6), 4U);
  EXPECT_EQ(records_sent(0xffffffff), 4U);
  EXPECT_EQ(records_sent(0x80000007), 4U);  // neither is the newer one (RFC 1982 section 3.2)
}

TEST(Rfc1995Section2, OnlyAZoneCanBeTransferred) {
  EXPECT_EQ(Server("").says("ns.example.com", Type::IXFR),
            "NOTAUTH\nQUESTION ns.example.com. IXFR IN\n");
}

}  // namespace
}  // namespace rollcall::rfc
