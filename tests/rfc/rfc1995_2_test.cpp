/// RFC 1995 section 2, "Brief Description of the Protocol": over UDP a single SOA tells the client
/// to come by TCP; a client that has what is served, or a newer version, gets one by either.
#include "answer/transfer.hpp"
#include "rfc/signed_conversation.hpp"

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

/// What changed from serial 6 to 7: that many addresses came.
answer::FindChanges changes(std::size_t count) {
  return [count](const dns::Name&, const edit::Serials& serials, zone::View) {
    edit::JournalEntry entry{.from = serials.from, .to = serials.to, .changes = {}};
    for (std::size_t i = 0; i < count; ++i) {
      entry.changes.add.push_back(
          {name_of("www.example.com"), Type::A, 300, {192, 0, 2, static_cast<std::uint8_t>(i)}});
    }
    return std::optional(entry);
  };
}

/// An IXFR by UDP from a client with serial 6, signed with `key`.
Octets ixfr(const dns::TsigKey* key, std::optional<std::uint16_t> edns = std::nullopt) {
  Octets packet = octets(
      "1234 0000 0001 0000 0001 0000 076578616d706c65 03636f6d 00 00fb 0001"
      "c00c 0006 0001 00000000 001a 0161 00 0162 00 00000006 00000000 00000000 00000000 00000000");
  if (edns) {
    const Octets opt = octets("00 0029 0000 00000000 0000");
    packet.insert(packet.end(), opt.begin(), opt.end());
    store_u16(packet.data() + packet.size() - 8, *edns);
    store_u16(packet.data() + dns::header::kArcount, 1);
  }
  if (key != nullptr) {
    const std::size_t size = packet.size();
    packet.resize(size + dns::kMaxTsigSize);
    packet.resize(dns::sign_request(*key, packet, size, kNow));
  }
  return packet;
}

/// The octets that come back, and the records in their answer section; 0: the SOA alone is due.
struct UdpReply {
  std::size_t octets = 0;
  std::size_t records = 0;
};
UdpReply by_udp(const Octets& packet, std::size_t changed, const zone::TransferPolicy& policy,
                const IpAddress& client = kClient) {
  std::string records(kApex);
  for (int i = 0; i < 100; ++i) records += "h" + std::to_string(i) + " A 192.0.2.1\n";
  const zone::Catalog catalog =
      answer::load_catalog({{"example.com", records, {}, policy}}, {sample_key()});
  const answer::Responder responder({});
  Octets out(dns::kEdnsUdpSize);
  const std::size_t size =
      responder.answer_changes(catalog, as_read(catalog, packet), out,
                               {Transport::udp, client.octets(), kNow}, changes(changed));
  if (size == 0) return {};
  return {size, load_u16(out.data() + dns::header::kAncount)};
}

const zone::TransferPolicy kByAddress{.secondaries = {{{kClient, 53}, {}}}, .grants = {}};
const zone::TransferPolicy kByKey{.secondaries = {{{kClient, 53}, name_of("key.example")}},
                                  .grants = {}};

TEST(Rfc1995Section2, OverUdpTheDifferenceWhereItFits) {
  const dns::TsigKey key = sample_key();
  EXPECT_EQ(by_udp(ixfr(nullptr), 1, kByAddress).records, 5U);
  EXPECT_EQ(by_udp(ixfr(&key), 2, kByKey).records, 6U);
  EXPECT_EQ(by_udp(ixfr(&key, 1232), 30, kByKey).records, 34U);
  EXPECT_LE(by_udp(ixfr(&key, 1232), 30, kByKey).octets, 1232U);
}

TEST(Rfc1995Section2, OverUdpTheSoaWhereItDoesNotFit) {
  const dns::TsigKey key = sample_key();
  EXPECT_EQ(by_udp(ixfr(&key), 40, kByKey).records, 0U);
  EXPECT_EQ(by_udp(ixfr(&key, 1232), 90, kByKey).records, 0U);
}

/// An address over UDP may be forged: what is unsigned is no worse than a plain answer.
TEST(Rfc1995Section2, OverUdpAnUnsignedRequestGetsAtMost512Octets) {
  EXPECT_EQ(by_udp(ixfr(nullptr, 1232), 10, kByAddress).records, 14U);
  EXPECT_LE(by_udp(ixfr(nullptr, 1232), 10, kByAddress).octets, 512U);
  EXPECT_EQ(by_udp(ixfr(nullptr, 1232), 30, kByAddress).records, 0U);
}

TEST(Rfc1995Section2, OverUdpAStrangerGetsTheSoaAlone) {
  dns::TsigKey wrong = sample_key();
  wrong.secret[0] ^= 1;
  EXPECT_EQ(by_udp(ixfr(nullptr), 1, kByAddress, *IpAddress::parse("198.51.100.9")).records, 0U);
  EXPECT_EQ(by_udp(ixfr(nullptr), 1, kByKey).records, 0U);
  EXPECT_EQ(by_udp(ixfr(&wrong), 1, kByKey).records, 0U);
}

TEST(Rfc1995Section2, OnlyAZoneCanBeTransferred) {
  EXPECT_EQ(Server("").says("ns.example.com", Type::IXFR),
            "NOTAUTH\nQUESTION ns.example.com. IXFR IN\n");
}

}  // namespace
}  // namespace rollcall::rfc
