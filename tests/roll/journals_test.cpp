#include "roll/journals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/rdata_text.hpp"
#include "edit/editor.hpp"
#include "zone/load.hpp"

namespace rollcall::roll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

dns::Name origin() {
  return *dns::Name::parse("example.com");
}

const std::string kTail = "www 1 A 192.0.2.11\nwww 1 A 192.0.2.12\n";

ZonePtr version(const std::string& tail = kTail, const std::string& soa = "ns1 root 10 2 3 4 5") {
  const std::string text = "$TTL 60\n@ SOA " + soa +
                           "\n@ NS ns1\n@ MX 5 www\n@ MX 9 elsewhere.org.\nns1 A 192.0.2.1\n" +
                           tail;
  return zone::load_zone({origin(), "zone", {*dns::Name::parse("www.example.com")}},
                         [&](const std::string&) -> Result<std::string> { return text; })
      .zone;
}

class JournalsTest : public testing::Test {
 protected:
  void flip(dns::Type type, std::uint64_t before, std::uint64_t after, std::uint32_t serial,
            bool published = true) {
    const auto watched = std::ranges::find(zone_->watched(), type, &zone::WatchedRrset::type);
    store({{watched->id, before, after}}, serial, published);
  }
  /// Another version, while the catalog still has the old one.
  void replace(ZonePtr next) {
    held_ = std::move(zone_);
    zone_ = std::move(next);
  }
  void take(std::vector<LiveChange> changes, std::uint32_t serial = 10) {
    store(std::move(changes), serial, true);
  }
  /// As the daemon does: the journals come first.
  void store(std::vector<LiveChange> changes, std::uint32_t serial, bool published) {
    const StoreLive live{zone_, std::move(changes), serial, published};
    journals_.take(live);
    WatchTableSink().take(live);
  }
  /// "-RDATA" and "+RDATA".
  std::vector<std::string> between(std::uint32_t from, std::uint32_t to) const {
    const auto chain = journals_.between(origin(), {from, to});
    if (!chain) return {"unknown"};
    const edit::ZoneEdit changes = edit::condensed(*chain).changes;
    std::vector<std::string> told;
    for (const auto& record : changes.remove) {
      told.push_back("-" + dns::rdata_to_text(record.type, record.rdata));
    }
    for (const auto& record : changes.add) {
      told.push_back("+" + dns::rdata_to_text(record.type, record.rdata));
    }
    return told;
  }

  /// As an update leaves it: a version that shares pools and watch table with the one before.
  void edit(std::vector<edit::ZoneEdit> edits, std::uint32_t serial,
            std::vector<LiveChange> flips = {}) {
    ZonePtr before = std::exchange(zone_, zone_->with({.overlay = zone_->overlay()}));
    const StoreLive live{.zone = zone_,
                         .changes = std::move(flips),
                         .serial = serial,
                         .edits = std::move(edits),
                         .before = std::move(before)};
    journals_.take(live);
    WatchTableSink().take(live);
  }

  ZonePtr zone_ = version();
  ZonePtr held_;
  Journals journals_;
};

TEST_F(JournalsTest, AFlipIsTheRecordsThatGoAndCome) {
  take({});
  flip(dns::Type::A, 0b11, 0b10, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("-192.0.2.11"));
  flip(dns::Type::A, 0b10, 0b01, 12);
  EXPECT_THAT(between(11, 12), ElementsAre("-192.0.2.12", "+192.0.2.11"));
  EXPECT_THAT(between(10, 12), ElementsAre("-192.0.2.12"));
  flip(dns::Type::MX, 0b11, 0b10, 13);
  EXPECT_THAT(between(12, 13), ElementsAre("-5 www.example.com."));
  EXPECT_THAT(between(10, 12), ElementsAre("unknown")) << "12 is no longer the newest";
}

TEST_F(JournalsTest, ANameWithoutLiveRecordsHasAPlaceholder) {
  const std::string placeholder = "\"rollcall: no member is live\"";
  zone_ = version("www 1 A 192.0.2.11\nwww 1 A 192.0.2.12\nwww 1 AAAA 2001:db8::1\n");
  take({});
  flip(dns::Type::A, 0b11, 0, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("-192.0.2.11", "-192.0.2.12"));
  flip(dns::Type::AAAA, 1, 0, 12);
  EXPECT_THAT(between(11, 12), ElementsAre("-2001:db8::1", "+" + placeholder));
  flip(dns::Type::A, 0, 0b10, 13);
  EXPECT_THAT(between(12, 13), ElementsAre("-" + placeholder, "+192.0.2.12"));
  EXPECT_THAT(between(10, 13), ElementsAre("-192.0.2.11", "-2001:db8::1"));
  flip(dns::Type::A, 0b10, 0, 14);
  replace(version("www 1 A 192.0.2.11\nwww 1 A 192.0.2.12\nwww 1 AAAA 2001:db8::1\nwww TXT x\n"));
  take({{WatchId{1}, 0b11, 0}, {WatchId{2}, 1, 0}}, 15);
  EXPECT_THAT(between(14, 15), ElementsAre("-" + placeholder, "+\"x\""));
}

edit::EditRecord text_at(const std::string& name) {
  return {*dns::Name::parse(name), dns::Type::TXT, 60, {1, 't'}};
}

/// A name below the emptied one: then that is an empty non-terminal, which needs no placeholder.
TEST_F(JournalsTest, AnEditBelowAnEmptiedNameTakesItsPlaceholder) {
  zone_ = version("www 1 A 192.0.2.11\n");
  take({});
  flip(dns::Type::A, 1, 0, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("-192.0.2.11", "+\"rollcall: no member is live\""));
  const edit::ZoneEdit made{{}, {text_at("y.x.www.example.com")}};
  const edit::PoolNames pools({origin(), "zone", {*dns::Name::parse("www.example.com")}});
  const ZonePtr with_name = edit::apply_edit(zone_, made, pools).value().zone;
  const StoreLive live{.zone = with_name, .serial = 12, .edits = {{made}}, .before = zone_};
  journals_.take(live);
  EXPECT_THAT(between(11, 12), ElementsAre("-\"rollcall: no member is live\"", "+\"t\""));
}

TEST_F(JournalsTest, ARecordThatGoesHasItsOwnersCase) {
  zone_ = version("WwW 1 A 192.0.2.11\nwww 1 A 192.0.2.12\n");
  take({});
  flip(dns::Type::A, 0b11, 0b10, 11);
  const auto chain = journals_.between(origin(), {10, 11});
  ASSERT_TRUE(chain);
  EXPECT_EQ(edit::condensed(*chain).changes.remove.at(0).owner.to_text(), "WwW.example.com.");
}

/// The full view moves with the content alone.
TEST_F(JournalsTest, TheFullViewHasAJournalOfItsOwn) {
  journals_.keep_full({origin()});
  const auto take_version = [&](std::uint32_t serial, std::vector<LiveChange> changes) {
    const StoreLive live{
        .zone = zone_, .changes = std::move(changes), .serial = serial, .full_serial = serial};
    journals_.take(live);
    WatchTableSink().take(live);
  };
  take_version(10, {});
  flip(dns::Type::A, 0b11, 0b10, 11);
  EXPECT_FALSE(journals_.between(origin(), {10, 11}, zone::View::full));
  replace(version("www 1 A 192.0.2.12\nwww 1 A 192.0.2.13\n"));
  take_version(12, {{WatchId{1}, 0b11, 0b01}});
  const auto chain = journals_.between(origin(), {10, 12}, zone::View::full);
  ASSERT_TRUE(chain);
  const edit::ZoneEdit changes = edit::condensed(*chain).changes;
  ASSERT_EQ(changes.remove.size(), 1U);
  EXPECT_EQ(dns::rdata_to_text(dns::Type::A, changes.remove[0].rdata), "192.0.2.11");
  ASSERT_EQ(changes.add.size(), 1U);
  EXPECT_EQ(dns::rdata_to_text(dns::Type::A, changes.add[0].rdata), "192.0.2.13");
  EXPECT_EQ(zone_->watch_table().snapshot()->full_serial, 12U);
  EXPECT_THAT(between(11, 12), IsEmpty()) << "192.0.2.11 was down, 192.0.2.13 is";
}

TEST_F(JournalsTest, WhatIsNotPublishedComesWithTheSerialThatPublishesIt) {
  take({});
  flip(dns::Type::A, 0b11, 0b10, 10, false);
  EXPECT_THAT(between(10, 10), ElementsAre("unknown"));
  flip(dns::Type::A, 0b11, 0b10, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("-192.0.2.11"));
}

TEST_F(JournalsTest, AnotherVersionIsWhatItsLiveRecordsAre) {
  take({});
  flip(dns::Type::A, 0b11, 0b10, 11);
  replace(version("www 1 A 192.0.2.12\nwww 1 A 192.0.2.13\nnew TXT x\n"));
  take({{WatchId{1}, 0b11, 0b01}}, 12);  // the new address is down
  EXPECT_THAT(between(11, 12), ElementsAre("+\"x\""));
  EXPECT_THAT(between(10, 12), ElementsAre("-192.0.2.11", "+\"x\""));
  flip(dns::Type::A, 0b01, 0b11, 13);
  EXPECT_THAT(between(11, 13), ElementsAre("+192.0.2.13", "+\"x\""));
  replace(version("www 5 A 192.0.2.12\nwww 5 A 192.0.2.13\n"));
  take({}, 14);
  EXPECT_THAT(between(13, 14),
              ElementsAre("-192.0.2.12", "-192.0.2.13", "-\"x\"", "+192.0.2.12", "+192.0.2.13"));
}

TEST_F(JournalsTest, AVersionWithOtherSoaFieldsBeginsAnew) {
  take({});
  replace(version(kTail, "ns1 root 10 9 3 4 5"));
  take({}, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("unknown"));
  flip(dns::Type::A, 0b11, 0b01, 12);
  EXPECT_THAT(between(11, 12), ElementsAre("-192.0.2.12"));
}

TEST_F(JournalsTest, ALargeVersionBeginsAnew) {
  take({});
  replace(version(kTail + "$GENERATE 1-20000 h$ A 192.0.2.1\n"));
  take({}, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("unknown"));
}

TEST_F(JournalsTest, AVersionThatIsGoneBeginsAnew) {
  take({});
  zone_ = version();
  take({}, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("unknown"));
}

edit::EditRecord text_of(const std::string& word) {
  std::vector<std::uint8_t> rdata{static_cast<std::uint8_t>(word.size())};
  rdata.insert(rdata.end(), word.begin(), word.end());
  return {*dns::Name::parse("x.example.com"), dns::Type::TXT, 60, rdata};
}

edit::EditRecord soa_of(std::uint8_t serial, std::uint8_t refresh) {
  std::vector<std::uint8_t> rdata(22, 0);  // the root twice, five numbers
  rdata[5] = serial;
  rdata[9] = refresh;
  return {origin(), dns::Type::SOA, 60, rdata};
}

TEST_F(JournalsTest, AnEditIsAsItIs) {
  take({});
  edit({{{}, {text_of("a")}}}, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("+\"a\""));
  edit({{{text_of("a")}, {text_of("b")}}, {{text_of("b")}, {text_of("c")}}}, 12,
       {{WatchId{1}, 0b11, 0b01}});
  EXPECT_THAT(between(11, 12), ElementsAre("-192.0.2.12", "-\"a\"", "+\"c\""));
  edit({{}}, 12);  // the same content in other memory
  EXPECT_THAT(between(11, 12), ElementsAre("-192.0.2.12", "-\"a\"", "+\"c\""));
}

TEST_F(JournalsTest, AnEditOfMoreThanTheSerialOfTheSoaBeginsAnew) {
  take({});
  edit({{{soa_of(1, 3)}, {soa_of(2, 3), text_of("a")}}}, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("+\"a\""));
  edit({{{soa_of(2, 3)}, {soa_of(3, 4)}}}, 12);
  EXPECT_THAT(between(11, 12), ElementsAre("unknown"));
}

TEST_F(JournalsTest, AnUnknownOrForgottenZoneHasNone) {
  EXPECT_THAT(between(10, 11), ElementsAre("unknown"));
  take({});
  flip(dns::Type::A, 0b11, 0b10, 11);
  journals_.forget(origin());
  EXPECT_THAT(between(10, 11), ElementsAre("unknown"));
}

TEST_F(JournalsTest, AChangeOfSharesAloneIsNoChange) {
  take({});
  take({{WatchId{0}, 0b11, 0b11, zone::Shares{}}}, 11);
  EXPECT_THAT(between(10, 11), IsEmpty());
}

}  // namespace
}  // namespace rollcall::roll
