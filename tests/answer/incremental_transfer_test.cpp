/// IXFR: what changed, in the form of RFC 1995 section 4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "answer/served_zones.hpp"
#include "answer/transfer.hpp"

namespace rollcall::answer {
namespace {

using testing::ElementsAre;

const IpAddress kSecondary = *IpAddress::parse("192.0.2.53");

edit::EditRecord address(const std::string& owner, std::uint8_t last) {
  return {name_of(owner), dns::Type::A, 60, {192, 0, 2, last}};
}

class IncrementalTransfer : public testing::Test {
 protected:
  IncrementalTransfer() { serve(""); }
  void serve(const std::string& more) {
    const std::string text =
        "$TTL 60\n@ SOA ns1 root 12 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n"
        "www A 192.0.2.3\nwww A 192.0.2.4\na TXT x\nb TXT x\n";
    const zone::TransferPolicy policy{.secondaries = {{.address = {kSecondary, 53}, .key = {}}},
                                      .grants = {}};
    catalog_ = load_catalog({{"example.com", text + more, {}, policy}});
  }
  /// A request of a secondary that has that serial.
  static Octets request(std::uint8_t serial) {
    Octets packet = make_query({.name = "example.com", .type = dns::Type::IXFR, .edns_size = {}});
    store_u16(packet.data() + dns::header::kNscount, 1);
    const Octets soa{0xc0,   12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22, 0, 0, 0, 0, 0,
                     serial, 0,  0, 0, 0, 0, 0, 0, 0, 0,  0, 0,  0, 0, 0, 0, 0};
    packet.insert(packet.end(), soa.begin(), soa.end());
    return packet;
  }
  /// All records of all messages; SOAs as their serials.
  std::vector<std::string> ask(std::uint8_t serial) {
    const Octets packet = request(serial);
    const FindChanges find = [this](const dns::Name& origin, const edit::Serials& serials,
                                    zone::View view) {
      EXPECT_EQ(origin, name_of("example.com"));
      EXPECT_EQ(serials.to, 12U);
      EXPECT_EQ(view, zone::View::live);
      return changes_ && serials.from == changes_->from ? changes_ : std::nullopt;
    };
    auto opened = open_transfer(catalog_, as_read(catalog_, packet), kSecondary, kNow, find);
    EXPECT_TRUE(opened);
    std::vector<std::string> records;
    Octets out(4096);  // as small as a message may be
    while (const std::size_t size = next_message(*opened, out, kNow)) {
      ++messages_;
      for (const std::string& record : read_response(Bytes(out).first(size)).answer) {
        const std::size_t soa = record.find(" SOA ");
        records.push_back(soa == std::string::npos
                              ? record
                              : "SOA " + record.substr(record.find("root.example.com. ") + 18, 2));
      }
    }
    return records;
  }

  zone::Catalog catalog_;
  std::optional<edit::JournalEntry> changes_ =
      edit::JournalEntry{10,
                         12,
                         {.remove = {address("www.example.com", 2)},
                          .add = {address("www.example.com", 4), address("example.com", 9)}}};
  unsigned messages_ = 0;
};

TEST_F(IncrementalTransfer, HasOldAndNewBetweenTheirSoas) {
  EXPECT_THAT(ask(10), ElementsAre("SOA 12", "SOA 10", "www.example.com. 60 A 192.0.2.2", "SOA 12",
                                   "www.example.com. 60 A 192.0.2.4", "example.com. 60 A 192.0.2.9",
                                   "SOA 12"));
}

TEST_F(IncrementalTransfer, AnUnknownSerialGetsTheWholeZone) {
  EXPECT_EQ(ask(9).size(), 8U);
  changes_.reset();
  EXPECT_EQ(ask(10).size(), 8U);
}

TEST_F(IncrementalTransfer, TheNewestSerialGetsTheSoaAlone) {
  EXPECT_THAT(ask(12), ElementsAre("SOA 12"));
  EXPECT_THAT(ask(13), ElementsAre("SOA 12"));
}

TEST_F(IncrementalTransfer, MoreChangesThanRecordsAreTheWholeZone) {
  for (std::uint8_t last = 20; last < 40; ++last) {
    changes_->changes.add.push_back(address("www.example.com", last));
  }
  EXPECT_EQ(ask(10).size(), 8U);
}

TEST_F(IncrementalTransfer, GoesOnInTheNextMessage) {
  serve("$GENERATE 1-100 h$ A 192.0.2.1\n");
  changes_->changes.remove.clear();
  const std::string label(60, 'x');
  for (std::uint8_t last = 1; last <= 60; ++last) {
    changes_->changes.remove.push_back(
        address(label + "." + label + "." + label + ".example.com", last));
  }
  changes_->changes.add.clear();
  const std::vector<std::string> records = ask(10);
  EXPECT_EQ(records.size(), 4U + 60U);
  EXPECT_GT(messages_, 2U);
}

}  // namespace
}  // namespace rollcall::answer
