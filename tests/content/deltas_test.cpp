#include "content/deltas.hpp"

#include "content/journal_entry.hpp"
#include "content_cases.hpp"

namespace rollcall::content {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const WallTime kNow{std::chrono::seconds(1'800'000'000)};

class DeltasTest : public testing::Test {
 protected:
  /// An update, and what goes into the journal.
  void update(const edit::ZoneEdit& edit, const std::vector<AgedRecord>& aged = {}) {
    const auto edited = edit::apply_edit(zone_, edit, edit::PoolNames(spec_of()));
    ASSERT_TRUE(edited);
    DeltaChanges changes = deltas_.changes_of(*zone_, *edited->zone, edited->made, aged, kNow);
    journal_ += encode_changes(name_of("@"), changes);
    undo_ = deltas_.put(std::move(changes));
    zone_ = edited->zone;
  }
  /// The file as it is now with what updates made of it.
  DeltaMerge load_file(const std::string& tail, const std::string& serial = "1") {
    zone_ = load(tail, spec_of(), serial);
    DeltaMerge merged = deltas_.merge(*zone_);
    const auto edited = edit::apply_edit(zone_, merged.edit, edit::PoolNames(spec_of()));
    EXPECT_TRUE(edited);
    zone_ = edited->zone;
    deltas_.put(merged.changes);
    return merged;
  }

  ZonePtr zone_ = load("www A 192.0.2.2\nold A 192.0.2.3\n");
  ZoneDeltas deltas_;
  DeltaChanges undo_;
  std::string journal_{kJournalHead};
};

TEST_F(DeltasTest, AnUpdateStaysOverAReload) {
  update({{record_of("old", "A", {"192.0.2.3"})}, {record_of("new", "A", {"192.0.2.9"})}});
  EXPECT_EQ(deltas_.size(), 2U);
  const DeltaMerge merged = load_file("www A 192.0.2.2\nold A 192.0.2.3\nmore A 192.0.2.4\n");
  EXPECT_THAT(merged.conflicts, IsEmpty());
  EXPECT_THAT(at(*zone_, "old", "A"), IsEmpty());
  EXPECT_THAT(at(*zone_, "new", "A"), ElementsAre("60 192.0.2.9"));
  EXPECT_THAT(at(*zone_, "more", "A"), ElementsAre("60 192.0.2.4"));
}

TEST_F(DeltasTest, WhereBothChangedTheUpdateWinsAndItIsTold) {
  update({{record_of("www", "A", {"192.0.2.2"})}, {record_of("www", "A", {"192.0.2.9"})}});
  EXPECT_THAT(load_file("www A 192.0.2.7\n").conflicts, ElementsAre("www.example.com A"));
  EXPECT_THAT(at(*zone_, "www", "A"), ElementsAre("60 192.0.2.9"));
  EXPECT_THAT(load_file("www A 192.0.2.7\n").conflicts, IsEmpty()) << "told once";
  EXPECT_THAT(load_file("www A 192.0.2.9\n").conflicts, IsEmpty());
  EXPECT_TRUE(deltas_.empty()) << "the file has it now";
}

TEST_F(DeltasTest, WhatIsAsInTheFileAgainIsForgotten) {
  update({{}, {record_of("new", "A", {"192.0.2.9"})}});
  update({{record_of("new", "A", {"192.0.2.9"})}, {}});
  EXPECT_TRUE(deltas_.empty());
  EXPECT_EQ(deltas_.octets(), 0U);
  EXPECT_TRUE(read_journal(journal_).zones.empty());
}

TEST_F(DeltasTest, ASerialAloneIsNoConflictAndTheLaterOneStays) {
  update({{record_of("@", "SOA", {"ns1", "root", "1", "2", "3", "4", "5"})},
          {record_of("@", "SOA", {"ns1", "root", "4", "2", "3", "4", "9"})}});
  EXPECT_THAT(load_file("", "3").conflicts, IsEmpty());
  EXPECT_EQ(zone_->soa().serial, 4U);
  load_file("", "7");
  EXPECT_EQ(zone_->soa().serial, 7U);
  EXPECT_EQ(zone_->soa().minimum, 9U);
}

TEST_F(DeltasTest, PutCanBeUndone) {
  update({{}, {record_of("new", "A", {"192.0.2.9"})}});
  update({{}, {record_of("new", "A", {"192.0.2.10"}), record_of("b", "A", {"192.0.2.9"})}});
  EXPECT_EQ(deltas_.size(), 2U);
  deltas_.put(std::move(undo_));
  EXPECT_EQ(deltas_.size(), 1U);
  load_file("");
  EXPECT_THAT(at(*zone_, "new", "A"), ElementsAre("60 192.0.2.9"));
}

TEST_F(DeltasTest, RecordsAge) {
  const edit::EditRecord txt = record_of("_acme-challenge", "TXT", {"x"});
  update({{}, {txt}}, {{txt, 3600}});
  const std::int64_t end = kNow.time_since_epoch() / std::chrono::seconds(1) + 3600;
  EXPECT_EQ(deltas_.next_end(), end);
  EXPECT_TRUE(deltas_.ended(kNow).empty());
  EXPECT_THAT(deltas_.ended(WallTime(std::chrono::seconds(end))).remove, ElementsAre(txt));
  update({{}, {record_of("_acme-challenge", "TXT", {"y"})}});
  EXPECT_EQ(deltas_.next_end(), end) << "the others keep their end";
  EXPECT_EQ(read_journal(journal_).zones.at(name_of("@")).next_end(), end);
  update({{}, {txt}}, {{txt, 7200}});
  EXPECT_EQ(deltas_.next_end(), end + 3600) << "it was added once more";
  const edit::EditRecord in_file = record_of("www", "A", {"192.0.2.2"});
  update({{}, {in_file}}, {{in_file, 1}});
  EXPECT_EQ(deltas_.next_end(), end + 3600) << "a record of the file stays";
}

TEST_F(DeltasTest, AJournalIsReadToItsLastWholeEntry) {
  update({{}, {record_of("a", "A", {"192.0.2.9"})}});
  const std::size_t first = journal_.size();
  update({{}, {record_of("b", "A", {"192.0.2.9"})}});
  const ReadJournal whole = read_journal(journal_);
  EXPECT_EQ(whole.good, journal_.size());
  EXPECT_EQ(whole.problem, "");
  EXPECT_EQ(whole.zones.at(name_of("@")).size(), 2U);
  for (std::size_t size = first; size < journal_.size(); ++size) {
    const ReadJournal torn = read_journal(std::string_view(journal_).substr(0, size));
    EXPECT_EQ(torn.good, first) << size;
    EXPECT_EQ(torn.problem.empty(), size == first) << size;
    EXPECT_EQ(torn.zones.at(name_of("@")).size(), 1U);
  }
  journal_[first + 9] ^= 1;
  EXPECT_EQ(read_journal(journal_).problem,
            "the entry at octet " + std::to_string(first) + " is damaged");
  EXPECT_EQ(read_journal("something else").problem, "its first line is unknown");
  EXPECT_EQ(read_journal("").problem, "");
}

TEST_F(DeltasTest, AFlushForgetsAZoneAndAShortJournalSaysTheSame) {
  update({{}, {record_of("a", "A", {"192.0.2.9"})}});
  const std::string all = std::string(kJournalHead) + encode_all(name_of("@"), deltas_);
  EXPECT_EQ(read_journal(all).zones.at(name_of("@")).size(), 1U);
  EXPECT_TRUE(read_journal(all + encode_flush(name_of("@"))).zones.empty());
}

}  // namespace
}  // namespace rollcall::content
