#include "answer/notify_request.hpp"

#include <gtest/gtest.h>

#include "answer/responder.hpp"
#include "answer/served_zones.hpp"

namespace rollcall::answer {
namespace {

const IpAddress kPrimaryAddress = *IpAddress::parse("192.0.2.11");

/// A server of example.com, which comes from 192.0.2.11, and of example.net, which has a file.
class NotifyRequest : public testing::Test {
 protected:
  NotifyRequest() {
    const std::string text = "$TTL 60\n@ SOA ns1 root 12 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n";
    zone::TransferPolicy policy;
    policy.primaries.push_back({{kPrimaryAddress, 53}, {}});
    catalog_ =
        load_catalog({{"example.com", text, {}, policy}, {"example.net", text, {}, {}}}, {key_});
    responder_.take_notify([this](const NotifyReceived& notify) {
      taken_.push_back(notify);
      return has_room_;
    });
  }
  static Octets notify(const std::string& zone, dns::Type type = dns::Type::SOA) {
    Octets packet = make_query({.name = zone, .type = type, .edns_size = {}});
    store_u16(packet.data() + dns::header::kFlags, 0x2400);
    return packet;
  }
  /// The RCODE, whether the question is repeated, and how many NOTIFYs were taken.
  std::string ask(const Octets& packet, const IpAddress& from = kPrimaryAddress) {
    Octets out(dns::kMaxMessageSize);
    Random random(1);
    const Bytes address = from.octets();
    const Asker asker{.address = address, .now = kNow};
    out.resize(responder_.answer(catalog_, packet, out, asker, random).size);
    if (out.empty()) return "silence";
    EXPECT_EQ(load_u16(out.data()), load_u16(packet.data()));
    const std::uint16_t flags = load_u16(out.data() + dns::header::kFlags);
    EXPECT_EQ(flags & 0xf800, 0xa000);
    return dns::rcode_name(static_cast<dns::Rcode>(flags & 15)) +
           (load_u16(out.data() + dns::header::kQdcount) != 0 ? " with question" : "") + ", " +
           std::to_string(taken_.size()) + " taken";
  }

  dns::TsigKey key_{name_of("k"), dns::TsigAlgorithm::hmac_sha256, {1, 2, 3}};
  zone::Catalog catalog_;
  Responder responder_{{}};
  std::vector<NotifyReceived> taken_;
  bool has_room_ = true;
};

TEST_F(NotifyRequest, OfAPrimaryIsTaken) {
  EXPECT_EQ(ask(notify("Example.com")), "NOERROR with question, 1 taken");
  EXPECT_EQ(taken_[0].origin, name_of("example.com"));
  EXPECT_EQ(taken_[0].from, kPrimaryAddress);
  EXPECT_EQ(taken_[0].serial, std::nullopt);
  EXPECT_EQ(ask(notify("example.com"), *IpAddress::parse("::ffff:192.0.2.11")),
            "NOERROR with question, 2 taken");
}

TEST_F(NotifyRequest, MayHaveTheSerial) {
  Octets packet = notify("example.com");
  store_u16(packet.data() + dns::header::kAncount, 1);
  const Octets soa{0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22, 0, 0, 0, 0, 0,
                   77,   0,  0, 0, 0, 0, 0, 0, 0, 0,  0, 0,  0, 0, 0, 0, 0};
  packet.insert(packet.end(), soa.begin(), soa.end());
  EXPECT_EQ(ask(packet), "NOERROR with question, 1 taken");
  EXPECT_EQ(taken_[0].serial, 77U);
}

TEST_F(NotifyRequest, OfAStrangerIsRefused) {
  EXPECT_EQ(ask(notify("example.com"), *IpAddress::parse("192.0.2.12")),
            "REFUSED with question, 0 taken");
}

TEST_F(NotifyRequest, OfAnotherZoneIsNotImplemented) {
  EXPECT_EQ(ask(notify("example.net")), "NOTIMP, 0 taken");
  EXPECT_EQ(ask(notify("www.example.com")), "NOTIMP, 0 taken");
  EXPECT_EQ(ask(notify("example.org")), "NOTIMP, 0 taken");
  EXPECT_EQ(ask(notify("example.com", dns::Type::A)), "NOTIMP, 0 taken");
  responder_.take_notify({});
  EXPECT_EQ(ask(notify("example.com")), "NOTIMP, 0 taken");
}

TEST_F(NotifyRequest, TooManyAreToComeAgain) {
  has_room_ = false;
  EXPECT_EQ(ask(notify("example.com")), "SERVFAIL with question, 1 taken");
}

TEST_F(NotifyRequest, ASignatureMustBeGood) {
  Octets packet = notify("example.com");
  const std::size_t size = packet.size();
  packet.resize(size + dns::kMaxTsigSize);
  packet.resize(dns::sign_request(key_, packet, size, kNow));
  EXPECT_EQ(ask(packet), "NOERROR with question, 1 taken");
  packet[packet.size() - 10] ^= 1;  // the MAC's end
  EXPECT_EQ(ask(packet), "NOTAUTH with question, 1 taken");
}

TEST_F(NotifyRequest, MalformedOnesAreTold) {
  Octets two = notify("example.com");
  store_u16(two.data() + dns::header::kQdcount, 2);
  EXPECT_EQ(ask(two), "NOTIMP, 0 taken");
  Octets cut = notify("example.com");
  cut.pop_back();
  EXPECT_EQ(ask(cut), "FORMERR, 0 taken");
  Octets more = notify("example.com");
  more.push_back(0);
  EXPECT_TRUE(ask(more).starts_with("FORMERR"));
}

}  // namespace
}  // namespace rollcall::answer
