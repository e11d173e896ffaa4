#include "update/update_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <map>

#include "dns/rdata_text.hpp"
#include "dns/tsig.hpp"
#include "edit/edited_node.hpp"
#include "io/clock.hpp"
#include "temporary_folder.hpp"
#include "zone/load.hpp"

namespace rollcall::update {
namespace {

const dns::Name kOrigin = *dns::Name::parse("example.com");

const dns::Name kOther = *dns::Name::parse("example.net");

ZonePtr load(const dns::Name& origin) {
  const std::string text = "$TTL 60\n@ SOA ns1 root 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n";
  return zone::load_zone({origin, "zone"},
                         [&](const std::string&) -> Result<std::string> { return text; })
      .zone;
}

/// An update that adds one address record.
std::vector<std::uint8_t> packet_of(const dns::Name& owner, const dns::Name& origin) {
  std::vector<std::uint8_t> octets{0x12, 0x34, 0x28, 0, 0, 1, 0, 0, 0, 1, 0, 0};
  const auto add = [&](Bytes more) { octets.insert(octets.end(), more.begin(), more.end()); };
  add(origin.wire());
  add(std::vector<std::uint8_t>{0, 6, 0, 1});
  add(owner.wire());
  add(std::vector<std::uint8_t>{0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9});
  return octets;
}

/// An update that adds one TXT record of 51,200 octets.
std::vector<std::uint8_t> long_packet_of(const dns::Name& owner, const dns::Name& origin) {
  constexpr std::uint8_t kStrings = 200;  // of 255 characters each
  std::vector<std::uint8_t> octets = packet_of(owner, origin);
  octets.resize(octets.size() - 14);
  for (const std::uint8_t octet : {0, 16, 0, 1, 0, 0, 0, 60, int{kStrings}, 0}) {
    octets.push_back(octet);
  }
  for (unsigned i = 0; i < kStrings; ++i) octets.insert(octets.end(), 256, 255);
  return octets;
}

class DeskTest : public testing::Test {
 protected:
  DeskTest() {
    policy_->grants.push_back({.key = {}, .prefix = IpPrefix::parse("127.0.0.0/8")});
    open();
  }

  void open() {
    desk_.reset();
    store::UpdateJournal journal(*store::StateFolder::open(path_));
    std::string problem;
    const std::string text = journal.read(problem);
    auto read = content::read_journal(text);
    EXPECT_EQ(read.problem, "");
    desk_ = std::make_unique<UpdateDesk>(
        std::move(journal), std::move(read.zones),
        DeskOutlets{
            .publish =
                [this](std::vector<Publication> all, const std::function<void()>& done) {
                  const std::lock_guard lock(mutex_);
                  for (Publication& one : all) published_.push_back(std::move(one));
                  done();
                },
            .journal_told = [this](std::string told) { told_.push_back(std::move(told)); },
            .compact = [](const ZonePtr& zone,
                          const std::function<void(ZonePtr)>& done) { done(zone->compacted()); }});
    adopt(kOrigin);
  }
  void adopt(const dns::Name& origin) {
    auto spec = std::make_shared<zone::ZoneSpec>();
    spec->origin = origin;
    spec->file = "zone";
    desk_->adopt(spec, load(origin), [this](ZonePtr zone, bool changed) {
      served_ = std::move(zone);
      changed_ = changed;
    });
    settle();
  }
  /// Waits until the desk has done all that it was given.
  void settle() {
    std::promise<void> done;
    desk_->then([&] { done.set_value(); });
    done.get_future().wait();
  }
  bool send(const std::string& label) {
    return send(packet_of(*kOrigin.child(as_bytes(label)), kOrigin), kOrigin);
  }
  bool send(std::vector<std::uint8_t> packet, const dns::Name& origin) {
    answer::OpenedUpdate update{
        std::move(packet), origin, policy_, {*IpAddress::parse("127.0.0.1"), false, {}}, {}};
    return desk_->take({std::move(update), {}, [this](Bytes reply) { ++rcodes_[reply[3] & 15]; }});
  }
  /// An update's signature, by which its reply is signed and kept.
  static std::optional<dns::TsigSession> signed_by_anybody() {
    const dns::TsigKey key{*dns::Name::parse("key."), dns::TsigAlgorithm::hmac_sha256,
                           std::vector<std::uint8_t>(32, 7)};
    std::vector<std::uint8_t> packet = packet_of(kOrigin, kOrigin);
    const std::size_t size = packet.size();
    packet.resize(size + dns::kMaxTsigSize);
    packet.resize(dns::sign_request(key, packet, size, io::wall_now()));
    store_u16(packet.data() + dns::header::kArcount, 1);
    return dns::TsigSession::verify(packet, size, std::span(&key, 1), io::wall_now());
  }
  void flush() {
    desk_->flush(kOrigin, [](const Result<std::size_t>& count) { EXPECT_GE(*count, 1U); });
    adopt(kOrigin);
    settle();
  }
  static std::size_t records_at(const zone::Zone& zone, const std::string& label) {
    return edit::records_at(zone, *kOrigin.child(as_bytes(label))).size();
  }

  TemporaryFolder temporary_;
  const std::string path_ = temporary_.path("state");
  std::shared_ptr<zone::UpdatePolicy> policy_ = std::make_shared<zone::UpdatePolicy>();
  /// Ages end on the desk's own time: it may publish while a test looks.
  std::vector<Publication> published() {
    const std::lock_guard lock(mutex_);
    return published_;
  }
  std::mutex mutex_;
  std::vector<Publication> published_;
  std::vector<std::string> told_;
  std::map<int, int> rcodes_;
  ZonePtr served_;
  bool changed_ = false;
  std::unique_ptr<UpdateDesk> desk_;
};

TEST_F(DeskTest, AnUpdateIsPublishedAndComesBackFromTheJournal) {
  EXPECT_FALSE(changed_);
  EXPECT_TRUE(send("a"));
  settle();
  EXPECT_EQ(rcodes_, (std::map<int, int>{{0, 1}}));
  ASSERT_EQ(published().size(), 1U);
  EXPECT_EQ(published()[0].made.add.size(), 1U);
  EXPECT_EQ(records_at(*published()[0].zone, "a"), 1U);
  open();
  EXPECT_TRUE(changed_);
  EXPECT_EQ(records_at(*served_, "a"), 1U);
}

TEST_F(DeskTest, ManyNamesAreCompactedAndNoneIsLost) {
  constexpr std::size_t kNames = kCompactAbove + 3000;
  for (std::size_t i = 0; i < kNames; ++i) {
    while (!send("n" + std::to_string(i))) settle();  // the desk is full
  }
  settle();
  settle();  // and behind what the compaction has given it
  EXPECT_EQ(rcodes_[0], static_cast<int>(kNames));
  const bool compacted = std::ranges::any_of(
      published_, [](const Publication& one) { return one.made.empty() && !one.rebuilt; });
  EXPECT_TRUE(compacted);
  const zone::Zone& last = *published_.back().zone;
  EXPECT_LT(last.overlay().size(), kCompactAbove);
  EXPECT_EQ(last.records(), 3 + kNames);
  for (std::size_t i = 0; i < kNames; ++i) {
    ASSERT_EQ(records_at(last, "n" + std::to_string(i)), 1U) << i;
  }
}

TEST_F(DeskTest, AFlushForgetsAndSaysHowMany) {
  send("a");
  send("b");
  std::promise<std::size_t> dropped;
  desk_->flush(kOrigin, [&](const Result<std::size_t>& count) { dropped.set_value(*count); });
  EXPECT_EQ(dropped.get_future().get(), 2U);
  open();
  EXPECT_FALSE(changed_);
}

TEST_F(DeskTest, AFlushIsKeptWhereTheJournalIsWrittenAnew) {
  adopt(kOther);
  for (char label = 'a'; label < 'a' + 24; ++label) {  // 1.2 MB
    const std::string text(1, label);
    send(long_packet_of(*kOrigin.child(as_bytes(text)), kOrigin), kOrigin);
  }
  send(packet_of(*kOther.child(as_bytes(std::string("old"))), kOther), kOther);
  settle();
  EXPECT_EQ(rcodes_, (std::map<int, int>{{0, 25}}));
  for (const dns::Name& origin : {kOrigin, kOther}) {
    desk_->flush(origin, [](const Result<std::size_t>& count) { EXPECT_GE(*count, 1U); });
  }
  open();
  EXPECT_FALSE(changed_);
  adopt(kOther);
  EXPECT_FALSE(changed_);
}

TEST_F(DeskTest, TheLastAddressOfANameserverDoesNotAge) {
  policy_->grants[0].max_age = 1;
  send("ns1");
  send("x");
  auto gone = packet_of(*kOrigin.child(as_bytes(std::string("ns1"))), kOrigin);
  gone.back() = 1;               // the file's address
  gone[gone.size() - 11] = 254;  // class NONE
  gone[gone.size() - 7] = 0;     // of the TTL
  send(std::move(gone), kOrigin);
  settle();
  EXPECT_EQ(rcodes_, (std::map<int, int>{{0, 3}}));
  while (records_at(*published().back().zone, "x") > 0) settle();
  EXPECT_EQ(records_at(*published().back().zone, "ns1"), 1U);
}

TEST_F(DeskTest, RepliesAreKeptUpToSomeOctets) {
  const auto label = [](unsigned i) { return "n" + std::to_string(i); };
  const auto send_signed = [&](std::vector<std::uint8_t> packet) {
    auto session = signed_by_anybody();
    answer::OpenedUpdate update{std::move(packet),
                                kOrigin,
                                policy_,
                                {*IpAddress::parse("127.0.0.1"), false, {}},
                                std::move(session)};
    desk_->take({std::move(update), {}, [](Bytes) {}});
  };
  const auto first = long_packet_of(*kOrigin.child(as_bytes(label(0))), kOrigin);
  send_signed(first);
  for (unsigned i = 1; i <= 100; ++i) {  // 5 MB
    send_signed(long_packet_of(*kOrigin.child(as_bytes(label(i))), kOrigin));
    settle();
  }
  flush();
  published_.clear();
  send_signed(long_packet_of(*kOrigin.child(as_bytes(label(100))), kOrigin));
  settle();
  EXPECT_EQ(published().size(), 0U) << "it is answered as before";
  send_signed(first);
  settle();
  EXPECT_EQ(published().size(), 1U) << "it is made again";
}

TEST_F(DeskTest, AZoneThatIsDroppedIsServfailAndKeepsItsJournal) {
  send("a");
  desk_->drop(kOrigin);
  send("b");
  settle();
  EXPECT_EQ(rcodes_, (std::map<int, int>{{0, 1}, {2, 1}}));
  open();
  EXPECT_EQ(records_at(*served_, "a"), 1U);
}

}  // namespace
}  // namespace rollcall::update
