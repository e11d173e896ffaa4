/// RFC 2136 section 3.1, "Process Zone Section": FORMERR where the ZTYPE is not SOA or there is not
/// one zone, NOTAUTH where this server has no authority for the zone.
#include "answer/update_door.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

class UpdateDoor : public testing::Test {
 protected:
  UpdateDoor() {
    auto policy = std::make_shared<zone::UpdatePolicy>();
    policy->grants.push_back({.key = {}, .prefix = IpPrefix::parse("192.0.2.0/24")});
    zone::CatalogEntry entry = Server("").catalog().entry(0);
    entry.update = std::move(policy);
    catalog_ = zone::Catalog({entry});
  }
  std::string outcome(const std::string& digits, Transport transport = Transport::tcp,
                      const char* client = "192.0.2.7") const {
    const auto opened =
        answer::open_update(catalog_, octets(digits), *IpAddress::parse(client), transport, kNow);
    return opened ? "taken" : dns::rcode_name(opened.error().rcode);
  }

  const std::string head_ = "1234 2800 0001 0000 0000 0000 ";
  const std::string zone_ = "07 6578616d706c65 03 636f6d 00 ";
  zone::Catalog catalog_;
};

TEST_F(UpdateDoor, TheZoneMustBeOursAndOne) {
  EXPECT_EQ(outcome(head_ + zone_ + "0006 0001"), "taken");
  EXPECT_EQ(outcome(head_ + zone_ + "0001 0001"), "FORMERR");
  EXPECT_EQ(outcome("1234 2800 0000 0000 0000 0000"), "FORMERR");
  EXPECT_EQ(outcome("1234 2800 0002 0000 0000 0000 " + zone_ + "0006 0001" + zone_ + "0006 0001"),
            "FORMERR");
  EXPECT_EQ(outcome(head_ + "03 777777" + zone_ + "0006 0001"), "NOTAUTH") << "below a zone";
  EXPECT_EQ(outcome(head_ + "03 6f7267 00 0006 0001"), "NOTAUTH");
  EXPECT_EQ(outcome(head_ + zone_ + "0006 0003"), "NOTAUTH") << "another class";
}

TEST_F(UpdateDoor, AnAddressCountsWhereItCannotBeForged) {
  EXPECT_EQ(outcome(head_ + zone_ + "0006 0001", Transport::udp), "REFUSED");
  EXPECT_EQ(outcome(head_ + zone_ + "0006 0001", Transport::tcp, "198.51.100.1"), "REFUSED");
}

TEST_F(UpdateDoor, TheReplyHasTheZoneAndTheReason) {
  const Octets packet =
      octets("1234 2800 0001 0000 0000 0001 " + zone_ + "0006 0001 00 0029 04d0 00000000 0000");
  Octets out(dns::kEdnsUdpSize);
  std::optional<dns::TsigSession> none;
  const answer::UpdateReply reply{Rcode::refused, answer::ExtendedError::prohibited, "why"};
  out.resize(answer::write_update_reply(packet, reply, none, out, kNow));
  EXPECT_EQ(hex(out), hex("1234 a805 0001 0000 0000 0001 " + zone_ +
                          "0006 0001 00 0029 04d0 00000000 0009 000f 0005 0012 776879"));
}

}  // namespace
}  // namespace rollcall::rfc
