#include "answer/transfer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "answer/served_zones.hpp"

namespace rollcall::answer {
namespace {

using dns::Rcode;
using dns::Type;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

constexpr const char* kTransferredZone = R"($TTL 300
@ SOA ns1 root 7 3600 600 86400 60
@ NS ns1
@ MX 10 mail.elsewhere.net.
ns1 A 192.0.2.1
www 1 A 192.0.2.11
www 1 A 192.0.2.12
www 1 A 192.0.2.13
sub NS ns.sub
ns.sub A 192.0.2.21
*.wild TXT "any"
_s._tcp SRV 1 2 3 www
)";

const IpAddress kFriend = *IpAddress::parse("192.0.2.53");
const IpAddress kStranger = *IpAddress::parse("192.0.2.66");

zone::TransferPolicy friends() {
  return {.secondaries = {{.address = {kFriend, 53}, .key = std::nullopt}}, .grants = {}};
}

zone::Catalog one_zone(const char* text = kTransferredZone) {
  return load_catalog({{"example.com", text, {"www.example.com"}, friends()}});
}

struct Transferred {
  std::vector<std::string> records;
  std::size_t messages = 0;
};

Transferred drain(OpenedTransfer& transfer, std::size_t message_size = dns::kMaxMessageSize) {
  Transferred all;
  std::vector<std::uint8_t> out(message_size);
  while (const std::size_t size = next_message(transfer, out, kNow)) {
    const Response message = read_response(Bytes(out).first(size));
    EXPECT_TRUE(message.aa());
    EXPECT_EQ(message.id, 0x1234);
    all.records.insert(all.records.end(), message.answer.begin(), message.answer.end());
    ++all.messages;
  }
  return all;
}

TEST(Transfer, SendsTheWholeZoneBetweenTwoSoas) {
  const zone::Catalog catalog = one_zone();
  auto opened = open_transfer(catalog, as_read(catalog, make_query({"example.com", Type::AXFR})),
                              kFriend, kNow);
  ASSERT_TRUE(opened);
  const Transferred all = drain(*opened);
  const std::string soa =
      "example.com. 300 SOA ns1.example.com. root.example.com. 7 3600 600 86400 60";
  EXPECT_EQ(all.records.front(), soa);
  EXPECT_EQ(all.records.back(), soa);
  EXPECT_THAT(std::vector(all.records.begin() + 1, all.records.end() - 1),
              UnorderedElementsAreArray(
                  {"example.com. 300 NS ns1.example.com.",
                   "example.com. 300 MX 10 mail.elsewhere.net.", "ns1.example.com. 300 A 192.0.2.1",
                   "www.example.com. 1 A 192.0.2.11", "www.example.com. 1 A 192.0.2.12",
                   "www.example.com. 1 A 192.0.2.13", "sub.example.com. 300 NS ns.sub.example.com.",
                   "ns.sub.example.com. 300 A 192.0.2.21", "*.wild.example.com. 300 TXT \"any\"",
                   "_s._tcp.example.com. 300 SRV 1 2 3 www.example.com."}));
}

std::vector<std::string> all_records(const zone::Catalog& catalog) {
  auto opened = open_transfer(catalog, as_read(catalog, make_query({"example.com", Type::AXFR})),
                              kFriend, kNow);
  EXPECT_TRUE(opened);
  std::vector<std::string> records = drain(*opened).records;
  return {records.begin() + 1, records.end() - 1};
}

/// RFC 4343 section 4.1; the case of the first record at a name counts.
TEST(Transfer, KeepsTheCaseOfOwners) {
  const zone::Catalog catalog = one_zone(
      "$TTL 300\n@ SOA ns1 root 7 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n"
      "WwW A 192.0.2.2\nwww A 192.0.2.3\n_Ldap._TCP.Sub TXT x\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZ "
      "TXT y\n");
  EXPECT_THAT(all_records(catalog),
              UnorderedElementsAreArray(
                  {"example.com. 300 NS ns1.example.com.", "ns1.example.com. 300 A 192.0.2.1",
                   "WwW.example.com. 300 A 192.0.2.2", "WwW.example.com. 300 A 192.0.2.3",
                   "_Ldap._TCP.Sub.example.com. 300 TXT \"x\"",
                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZ.example.com. 300 "
                   "TXT \"y\""}));
}

TEST(Transfer, OnlyNamesWithCapitalsTakeMemoryForThem) {
  const auto memory_of = [](const std::string& tail) {
    const std::string text =
        "$TTL 300\n@ SOA ns1 root 7 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n" + tail;
    return one_zone(text.c_str()).entry(0).zone->memory();
  };
  EXPECT_EQ(memory_of("host A 192.0.2.2\nb TXT x\n") + 4, memory_of("HOST A 192.0.2.2\nb TXT x\n"));
}

/// Else the name would be gone at the secondaries.
TEST(Transfer, HasAPlaceholderWhereAPoolHasNoLiveMember) {
  const zone::Catalog catalog = one_zone(
      "$TTL 300\n@ SOA ns1 root 7 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n* A 192.0.2.99\n"
      "WWW 20 A 192.0.2.2\nwww 20 AAAA 2001:db8::1\n");
  const zone::Zone& zone = *catalog.entry(0).zone;
  ASSERT_EQ(zone.watched().size(), 2U);
  zone.watch_table().apply(std::vector<zone::MaskChange>{{WatchId{0}, 0}}, 8);
  EXPECT_THAT(all_records(catalog),
              ::testing::Not(::testing::Contains(::testing::HasSubstr("TXT"))));
  zone.watch_table().apply(std::vector<zone::MaskChange>{{WatchId{1}, 0}}, 9);
  EXPECT_THAT(all_records(catalog),
              UnorderedElementsAreArray(
                  {"example.com. 300 NS ns1.example.com.", "ns1.example.com. 300 A 192.0.2.1",
                   "*.example.com. 300 A 192.0.2.99",
                   "WWW.example.com. 20 TXT \"rollcall: no member is live\""}));
}

/// A secondary with the view `full` is recognised by its key.
TEST(Transfer, TheFullViewHasAllRecordsUnderASerialOfItsOwn) {
  const dns::TsigKey key{name_of("all.example"), dns::TsigAlgorithm::hmac_sha256, Octets(32)};
  zone::TransferPolicy policy = friends();
  policy.secondaries.push_back({{kFriend, 54}, key.name, zone::View::full});
  const zone::Catalog catalog =
      load_catalog({{"example.com", kTransferredZone, {"www.example.com"}, policy}}, {key});
  zone::WatchTable& table = catalog.entry(0).zone->watch_table();
  table.apply({}, 7, 7);
  const auto watched =
      std::ranges::find(catalog.entry(0).zone->watched(), Type::A, &zone::WatchedRrset::type);
  table.apply(std::vector<zone::MaskChange>{{watched->id, 0}}, 8);
  const auto signed_query = [&](Type type) {
    Octets packet = make_query({.name = "example.com", .type = type, .edns_size = {}});
    const std::size_t size = packet.size();
    packet.resize(size + dns::kMaxTsigSize);
    packet.resize(dns::sign_request(key, packet, size, kNow));
    return packet;
  };
  const Octets packet = signed_query(Type::AXFR);
  auto full = open_transfer(catalog, as_read(catalog, packet), kFriend, kNow);
  ASSERT_TRUE(full);
  const std::vector<std::string> all = drain(*full).records;
  EXPECT_THAT(all.front(), ::testing::HasSubstr(" 7 3600 "));
  EXPECT_THAT(all, ::testing::Contains("www.example.com. 1 A 192.0.2.12"));
  EXPECT_THAT(all, ::testing::Not(::testing::Contains(::testing::HasSubstr("rollcall"))));
  EXPECT_THAT(all_records(catalog), ::testing::Contains(::testing::HasSubstr("rollcall")));
  const Responder responder({});
  const auto serial_of = [&](const Octets& query) {
    Octets out(dns::kEdnsUdpSize);
    Random random(1);
    const std::size_t size =
        responder.answer(catalog, query, out, {Transport::udp, kFriend.octets(), kNow}, random)
            .size;
    return read_response(Bytes(out).first(size)).answer.at(0);
  };
  EXPECT_THAT(serial_of(signed_query(Type::SOA)), ::testing::HasSubstr(" 7 3600 "));
  EXPECT_THAT(serial_of(make_query({.name = "example.com", .type = Type::SOA})),
              ::testing::HasSubstr(" 8 3600 "));
}

TEST(Transfer, HasNoPlaceholderWhereTheNameStays) {
  for (const char* more : {"www TXT x\n", "a.www A 192.0.2.3\n"}) {
    const std::string text = std::string(
                                 "$TTL 300\n@ SOA ns1 root 7 2 3 4 5\n@ NS ns1\n"
                                 "ns1 A 192.0.2.1\nwww A 192.0.2.2\n") +
                             more;
    const zone::Catalog catalog = one_zone(text.c_str());
    catalog.entry(0).zone->watch_table().apply(std::vector<zone::MaskChange>{{WatchId{0}, 0}}, 8);
    EXPECT_THAT(all_records(catalog),
                ::testing::Not(::testing::Contains(::testing::HasSubstr("rollcall"))));
  }
}

TEST(Transfer, SendsTheLiveZoneOfOneMoment) {
  const zone::Catalog catalog = one_zone();
  const zone::Zone& zone = *catalog.entry(0).zone;
  const auto watched = std::ranges::find(zone.watched(), Type::A, &zone::WatchedRrset::type);
  ASSERT_NE(watched, zone.watched().end());
  zone.watch_table().apply(std::vector<zone::MaskChange>{{watched->id, 0b010}}, 8);
  auto opened = open_transfer(catalog, as_read(catalog, make_query({"example.com", Type::AXFR})),
                              kFriend, kNow);
  ASSERT_TRUE(opened);
  zone.watch_table().apply(std::vector<zone::MaskChange>{{watched->id, 0b111}}, 9);
  const Transferred all = drain(*opened);
  EXPECT_THAT(all.records.front(), ::testing::HasSubstr(" 8 3600 "));
  EXPECT_THAT(all.records.back(), ::testing::HasSubstr(" 8 3600 "));
  EXPECT_EQ(std::ranges::count_if(
                all.records, [](const auto& r) { return r.starts_with("www.example.com. 1 A"); }),
            1);
}

/// While a serial cannot be kept on disk, queries follow and transfers do not.
TEST(Transfer, StaysWithWhatWasPublishedLast) {
  const zone::Catalog catalog = one_zone();
  const zone::Zone& zone = *catalog.entry(0).zone;
  const auto watched = std::ranges::find(zone.watched(), Type::A, &zone::WatchedRrset::type);
  ASSERT_NE(watched, zone.watched().end());
  const auto addresses = [&] {
    auto opened = open_transfer(catalog, as_read(catalog, make_query({"example.com", Type::AXFR})),
                                kFriend, kNow);
    if (!opened) return std::ptrdiff_t{-1};
    return std::ranges::count_if(drain(*opened).records, [](const std::string& record) {
      return record.starts_with("www.example.com. 1 A");
    });
  };
  zone::WatchTable& table = zone.watch_table();
  table.withhold(std::vector<zone::MaskChange>{{watched->id, 0b010}}, 7);
  EXPECT_EQ(addresses(), -1) << "nothing was published yet";
  auto refused = open_transfer(catalog, as_read(catalog, make_query({"example.com", Type::AXFR})),
                               kFriend, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rcode, dns::Rcode::servfail);
  table.apply(std::vector<zone::MaskChange>{{watched->id, 0b010}}, 8);
  EXPECT_EQ(addresses(), 1);
  table.withhold(std::vector<zone::MaskChange>{{watched->id, 0b111}}, 8);
  EXPECT_EQ(table.mask(watched->id.value), 0b111U);
  EXPECT_EQ(table.serial(), 8U);
  EXPECT_EQ(addresses(), 1);
  table.apply(std::vector<zone::MaskChange>{{watched->id, 0b111}}, 9);
  EXPECT_EQ(addresses(), 3);
}

TEST(Transfer, GoesOnInTheNextMessageWhenOneIsFull) {
  std::string text = kTransferredZone;
  for (int i = 0; i < 1000; ++i) text += "h" + std::to_string(i) + " A 198.51.100.7\n";
  const zone::Catalog catalog = one_zone(text.c_str());
  auto whole = open_transfer(catalog, as_read(catalog, make_query({"example.com", Type::AXFR})),
                             kFriend, kNow);
  auto pieces = open_transfer(catalog, as_read(catalog, make_query({"example.com", Type::AXFR})),
                              kFriend, kNow);
  ASSERT_TRUE(whole && pieces);
  const Transferred one = drain(*whole);
  const Transferred many = drain(*pieces, 4096);
  EXPECT_EQ(one.messages, 1U);
  EXPECT_GT(many.messages, 4U);
  EXPECT_EQ(one.records, many.records);
  EXPECT_EQ(one.records.size(), 12U + 1000U);
}

TEST(Transfer, IsRefusedToStrangersAndForOtherZones) {
  const zone::Catalog catalog = one_zone();
  const auto rcode = [&](const Question& question, const IpAddress& client) {
    auto opened = open_transfer(catalog, as_read(catalog, make_query(question)), client, kNow);
    return opened ? Rcode::noerror : opened.error().rcode;
  };
  EXPECT_EQ(rcode({"example.com", Type::AXFR}, kStranger), Rcode::refused);
  EXPECT_EQ(rcode({"www.example.com", Type::AXFR}, kFriend), Rcode::notauth);
  EXPECT_EQ(rcode({"example.net", Type::AXFR}, kFriend), Rcode::notauth);
  EXPECT_EQ(rcode({"example.com", Type::IXFR}, kFriend), Rcode::noerror);
}

TEST(Transfer, IsRefusedForAZoneWithoutContent) {
  const zone::Catalog catalog(
      {{name_of("example.com"), nullptr, std::make_shared<const zone::TransferPolicy>(friends())}});
  auto opened = open_transfer(catalog, as_read(catalog, make_query({"example.com", Type::AXFR})),
                              kFriend, kNow);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().rcode, Rcode::servfail);
  std::vector<std::uint8_t> out(512);
  const std::size_t size = write_refusal(as_read(catalog, make_query({"example.com", Type::AXFR})),
                                         opened.error(), out, kNow);
  EXPECT_EQ(read_response(Bytes(out).first(size)).rcode, static_cast<unsigned>(Rcode::servfail));
}

TEST(Transfer, IsToldFromOtherQuestions) {
  EXPECT_TRUE(asks_for_transfer(as_read(zone::Catalog(), make_query({"example.com", Type::AXFR}))));
  EXPECT_TRUE(asks_for_transfer(as_read(zone::Catalog(), make_query({"example.com", Type::IXFR}))));
  EXPECT_FALSE(asks_for_transfer(as_read(zone::Catalog(), make_query({"example.com", Type::SOA}))));
  EXPECT_FALSE(asks_for_transfer(as_read(zone::Catalog(), {})));
}

class SignedTransfer : public testing::Test {
 protected:
  dns::TsigKey key_{name_of("bind-secondary"), dns::TsigAlgorithm::hmac_sha256,
                    std::vector<std::uint8_t>(32, 7)};
  zone::TransferPolicy policy_{
      .secondaries = {{.address = {kFriend, 53}, .key = name_of("bind-secondary")}}, .grants = {}};
  zone::Catalog catalog_ = load_catalog({{"example.com", kTransferredZone, {}, policy_}}, {key_});

  std::vector<std::uint8_t> signed_query(const dns::TsigKey& key, WallTime at = kNow) {
    std::vector<std::uint8_t> query = make_query({"example.com", Type::AXFR});
    const std::size_t size = query.size();
    query.resize(size + dns::kMaxTsigSize);
    query.resize(dns::sign_request(key, query, size, at));
    return query;
  }
};

TEST_F(SignedTransfer, IsGrantedUnderTheKeyAlone) {
  EXPECT_FALSE(open_transfer(catalog_, as_read(catalog_, make_query({"example.com", Type::AXFR})),
                             kFriend, kNow));
  auto opened = open_transfer(catalog_, as_read(catalog_, signed_query(key_)), kFriend, kNow);
  ASSERT_TRUE(opened);
  std::vector<std::uint8_t> out(4096);
  const std::size_t size = next_message(*opened, out, kNow);
  EXPECT_TRUE(read_response(Bytes(out).first(size)).tsig);
}

TEST_F(SignedTransfer, IsRefusedUnderAnotherSecretAnUnknownKeyOrAnOldTime) {
  dns::TsigKey other = key_;
  other.secret[0] ^= 1;
  auto bad_mac = open_transfer(catalog_, as_read(catalog_, signed_query(other)), kFriend, kNow);
  ASSERT_FALSE(bad_mac);
  EXPECT_EQ(bad_mac.error().rcode, Rcode::notauth);
  EXPECT_EQ(bad_mac.error().signature->error(), dns::TsigError::badsig);

  other.name = name_of("unknown");
  auto unknown = open_transfer(catalog_, as_read(catalog_, signed_query(other)), kFriend, kNow);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().signature->error(), dns::TsigError::badkey);

  auto old = open_transfer(catalog_,
                           as_read(catalog_, signed_query(key_, kNow - std::chrono::seconds(301))),
                           kFriend, kNow);
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().signature->error(), dns::TsigError::badtime);
  EXPECT_TRUE(open_transfer(catalog_,
                            as_read(catalog_, signed_query(key_, kNow - std::chrono::seconds(300))),
                            kFriend, kNow));
}

TEST_F(SignedTransfer, ARefusalNamesZoneKeyAndReason) {
  const auto told = [&](const std::vector<std::uint8_t>& query, const IpAddress& client) {
    auto opened = open_transfer(catalog_, as_read(catalog_, query), client, kNow);
    return opened ? "granted"
                  : describe_refusal(as_read(catalog_, query), opened.error(), "192.0.2.66:4711");
  };
  EXPECT_EQ(told(make_query({"example.com", Type::AXFR}), kStranger),
            "transfer of example.com to 192.0.2.66:4711 refused (REFUSED): "
            "neither in allow_transfer nor a secondary");
  EXPECT_EQ(told(signed_query(key_), kStranger),
            "transfer of example.com to 192.0.2.66:4711 with the key bind-secondary refused "
            "(REFUSED): neither in allow_transfer nor a secondary");
  EXPECT_EQ(told(make_query({"example.net", Type::IXFR}), kFriend),
            "transfer of example.net to 192.0.2.66:4711 refused (NOTAUTH): not authoritative for "
            "this zone");
  dns::TsigKey other = key_;
  other.secret[0] ^= 1;
  EXPECT_EQ(told(signed_query(other), kFriend),
            "transfer of example.com to 192.0.2.66:4711 with the key bind-secondary refused "
            "(NOTAUTH): BADSIG");
  other.name = name_of("unknown");
  EXPECT_EQ(told(signed_query(other), kFriend),
            "transfer of example.com to 192.0.2.66:4711 with the key unknown refused (NOTAUTH): "
            "BADKEY");
  EXPECT_EQ(told(signed_query(key_, kNow - std::chrono::hours(1)), kFriend),
            "transfer of example.com to 192.0.2.66:4711 with the key bind-secondary refused "
            "(NOTAUTH): BADTIME");
}

}  // namespace
}  // namespace rollcall::answer
