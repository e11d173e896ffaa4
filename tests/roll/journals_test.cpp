#include "roll/journals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/rdata_text.hpp"
#include "zone/load.hpp"

namespace rollcall::roll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

dns::Name origin() {
  return *dns::Name::parse("example.com");
}

ZonePtr version() {
  const std::string text =
      "$TTL 60\n@ SOA ns1 root 10 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\nwww 1 A 192.0.2.11\n"
      "www 1 A 192.0.2.12\n@ MX 5 www\n@ MX 9 elsewhere.org.\n";
  return zone::load_zone({origin(), "zone", {*dns::Name::parse("www.example.com")}},
                         [&](const std::string&) -> Result<std::string> { return text; })
      .zone;
}

class JournalsTest : public testing::Test {
 protected:
  void flip(dns::Type type, std::uint64_t before, std::uint64_t after, std::uint32_t serial,
            bool published = true) {
    const auto watched = std::ranges::find(zone_->watched(), type, &zone::WatchedRrset::type);
    journals_.take({zone_, {{watched->id, before, after}}, serial, published});
  }
  /// "-RDATA" and "+RDATA".
  std::vector<std::string> between(std::uint32_t from, std::uint32_t to) const {
    const auto chain = journals_.between(origin(), from, to);
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

  ZonePtr zone_ = version();
  Journals journals_;
};

TEST_F(JournalsTest, AFlipIsTheRecordsThatGoAndCome) {
  journals_.take({zone_, {}, 10});
  flip(dns::Type::A, 0b11, 0b10, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("-192.0.2.11"));
  flip(dns::Type::A, 0b10, 0b01, 12);
  EXPECT_THAT(between(11, 12), ElementsAre("-192.0.2.12", "+192.0.2.11"));
  EXPECT_THAT(between(10, 12), ElementsAre("-192.0.2.12"));
  flip(dns::Type::MX, 0b11, 0b10, 13);
  EXPECT_THAT(between(12, 13), ElementsAre("-5 www.example.com."));
  EXPECT_THAT(between(10, 12), ElementsAre("unknown")) << "12 is no longer the newest";
}

TEST_F(JournalsTest, WhatIsNotPublishedComesWithTheSerialThatPublishesIt) {
  journals_.take({zone_, {}, 10});
  flip(dns::Type::A, 0b11, 0b10, 10, false);
  EXPECT_THAT(between(10, 10), ElementsAre("unknown"));
  flip(dns::Type::A, 0b11, 0b10, 11);
  EXPECT_THAT(between(10, 11), ElementsAre("-192.0.2.11"));
}

TEST_F(JournalsTest, AnotherVersionOfTheZoneBeginsAnew) {
  journals_.take({zone_, {}, 10});
  flip(dns::Type::A, 0b11, 0b10, 11);
  zone_ = version();
  journals_.take({zone_, {}, 12});
  EXPECT_THAT(between(10, 12), ElementsAre("unknown"));
  EXPECT_THAT(between(11, 12), ElementsAre("unknown"));
  flip(dns::Type::A, 0b11, 0b01, 13);
  EXPECT_THAT(between(12, 13), ElementsAre("-192.0.2.12"));
}

TEST_F(JournalsTest, AnUnknownOrForgottenZoneHasNone) {
  EXPECT_THAT(between(10, 11), ElementsAre("unknown"));
  journals_.take({zone_, {}, 10});
  flip(dns::Type::A, 0b11, 0b10, 11);
  journals_.forget(origin());
  EXPECT_THAT(between(10, 11), ElementsAre("unknown"));
}

TEST_F(JournalsTest, AChangeOfSharesAloneIsNoChange) {
  journals_.take({zone_, {}, 10});
  journals_.take({zone_, {{WatchId{0}, 0b11, 0b11, zone::Shares{}}}, 11});
  EXPECT_THAT(between(10, 11), IsEmpty());
}

}  // namespace
}  // namespace rollcall::roll
