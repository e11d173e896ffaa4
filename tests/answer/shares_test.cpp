/// Live records drawn by their shares. Bounds are five standard deviations wide: a sound draw fails
/// them once in a million runs, and the seed is fixed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "answer/live_records.hpp"
#include "served_zones.hpp"

namespace rollcall::answer {
namespace {

constexpr int kDraws = 20'000;
constexpr const char* kSharedZone = R"($TTL 60
@ SOA ns root 7 2 3 4 5
@ NS ns
@ MX 10 w
ns A 192.0.2.250
w A 192.0.2.1
w A 192.0.2.2
w A 192.0.2.3
w A 192.0.2.4
)";

class Draw : public testing::Test {
 protected:
  Draw() {
    const std::vector<dns::Name> pools{name_of("w.pools.test")};
    const zone::LoadReport report =
        zone::load_zone({name_of("pools.test"), "zone", pools, {}},
                        [](const std::string&) -> Result<std::string> { return kSharedZone; });
    zone_ = report.zone;
    for (const zone::WatchedRrset& rrset : zone_->watched()) {
      if (rrset.owner == name_of("w.pools.test")) pool_ = rrset.id;
    }
    catalog_ = zone::Catalog({{name_of("pools.test"), zone_, {}}});
  }
  void share(zone::Shares shares) {
    zone_->watch_table().apply(std::vector<zone::ShareChange>{{pool_, std::move(shares)}});
  }
  void live(std::uint64_t mask) {
    zone_->watch_table().apply(std::vector<zone::MaskChange>{{pool_, mask}}, ++serial_);
  }
  Response get(const std::string& name, dns::Type type) {
    return ask(catalog_, {.name = name, .type = type}, Transport::udp, random_.next());
  }
  /// Answers to many queries; how often each record led, by its last figure.
  std::map<char, int> leads(std::size_t records) {
    std::map<char, int> count;
    for (int i = 0; i < kDraws; ++i) {
      const Response response = get("w.pools.test", dns::Type::A);
      const std::set<std::string> different(response.answer.begin(), response.answer.end());
      EXPECT_EQ(response.answer.size(), records);
      EXPECT_EQ(different.size(), records) << "none twice";
      ++count[response.answer.at(0).back()];
    }
    return count;
  }

  Random random_{1};
  WatchId pool_;
  std::uint32_t serial_ = 7;
  std::shared_ptr<const zone::Zone> zone_;
  zone::Catalog catalog_;
};

TEST_F(Draw, LeadsByWeight) {
  share({.weights = {100, 200, 300, 400}});
  const auto count = leads(4);
  EXPECT_NEAR(count.at('1'), kDraws * 0.1, 212);
  EXPECT_NEAR(count.at('2'), kDraws * 0.2, 283);
  EXPECT_NEAR(count.at('3'), kDraws * 0.3, 324);
  EXPECT_NEAR(count.at('4'), kDraws * 0.4, 346);
}

TEST_F(Draw, AmongTheLiveOnes) {
  share({.weights = {100, 200, 300, 400}});
  live(0b1010);
  const auto count = leads(2);
  EXPECT_EQ(count.size(), 2U);
  EXPECT_NEAR(count.at('2'), kDraws / 3.0, 333);
}

TEST_F(Draw, AWeightOfZeroIsTheLeastWhereItsRecordIsLive) {
  share({.weights = {0, 0, 0, 0}});
  for (const auto& [record, count] : leads(4)) EXPECT_NEAR(count, kDraws / 4.0, 306) << record;
}

TEST_F(Draw, TakesAsManyAsMaxAnswersSays) {
  share({.max_answers = 2});
  for (const auto& [record, count] : leads(2)) EXPECT_NEAR(count, kDraws / 4.0, 306) << record;
  live(0b0001);
  EXPECT_EQ(leads(1).size(), 1U) << "no more are live";
  live(0b1111);
  share({});
  EXPECT_EQ(get("w.pools.test", dns::Type::A).answer.size(), 4U);
}

TEST_F(Draw, OfTheAdditionalSectionToo) {
  share({.weights = {1, 1, 1, 255}, .max_answers = 1});
  std::map<std::string, int> count;
  for (int i = 0; i < kDraws; ++i) {
    const Response response = get("pools.test", dns::Type::MX);
    ASSERT_EQ(response.additional.size(), 1U);
    ++count[response.additional[0]];
  }
  EXPECT_NEAR(count["w.pools.test. 60 A 192.0.2.4"], kDraws * 255 / 258.0, 76);
}

}  // namespace
}  // namespace rollcall::answer
