#include "core/places.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "core/known_sources.hpp"

namespace rollcall {
namespace {

using namespace std::chrono_literals;

class Guest final : public Place {
 public:
  Guest(std::string name, std::vector<std::string>& gone) : name_(std::move(name)), gone_(gone) {}
  void make_room() noexcept override { gone_.push_back(name_); }

 private:
  std::string name_;
  std::vector<std::string>& gone_;
};

class PlacesTest : public testing::Test {
 protected:
  static Source source(const std::string& address) { return source_of(*IpAddress::parse(address)); }
  bool come(const std::string& address, bool trusted = false) {
    guests.emplace_back(address, gone);
    return places.admit(guests.back(), source(address), trusted, now);
  }
  /// So many of one host.
  void crowd(const std::string& address, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(come(address));
  }

  Instant now{};
  std::vector<std::string> gone;  // who made room, in order
  std::deque<Guest> guests;       // the places let go of them first
  Places places{{.total = 20, .reserved = 4, .per_host = 8, .per_network = 12}};
};

TEST_F(PlacesTest, AHostIsAnAddressOrA64AndItsNetworkA24OrA48) {
  EXPECT_EQ(source("192.0.2.77").host.to_string(), "192.0.2.77");
  EXPECT_EQ(source("192.0.2.77").network.to_string(), "192.0.2.0");
  EXPECT_EQ(source("2001:db8:1:2:3:4:5:6").host.to_string(), "2001:db8:1:2::");
  EXPECT_EQ(source("2001:db8:1:2:3:4:5:6").network.to_string(), "2001:db8:1::");
}

TEST_F(PlacesTest, NobodyMakesRoomWhileThereIsSome) {
  crowd("192.0.2.1", 8);
  crowd("198.51.100.1", 8);
  EXPECT_TRUE(gone.empty());
  EXPECT_EQ(places.size(), 16U);
}

TEST_F(PlacesTest, AHostThatHasAllThatItMayMakesRoomForItself) {
  crowd("192.0.2.1", 8);
  now += 1s;
  places.got_on(guests[0], now);  // the second is the longest idle now
  places.got_on(guests[2], now);
  ASSERT_TRUE(come("192.0.2.1"));
  EXPECT_EQ(gone, std::vector<std::string>{"192.0.2.1"});
  EXPECT_FALSE(guests[1].is_linked());
  EXPECT_EQ(places.size(), 8U);
}

TEST_F(PlacesTest, ANetworkThatHasAllThatItMayMakesRoomForItself) {
  for (int host = 1; host <= 12; ++host) ASSERT_TRUE(come("192.0.2." + std::to_string(host)));
  now += 1ms;
  ASSERT_TRUE(come("198.51.100.1"));
  EXPECT_TRUE(gone.empty());
  ASSERT_TRUE(come("192.0.2.13"));
  EXPECT_EQ(gone, std::vector<std::string>{"192.0.2.1"});
}

TEST_F(PlacesTest, AnIpv6NetworkWithAnyNumberOfAddressesIsOneNetwork) {
  for (int host = 0; host < 40; ++host) {
    ASSERT_TRUE(come("2001:db8:1:" + std::to_string(host) + "::1"));
  }
  EXPECT_EQ(places.size(), 12U);
}

TEST_F(PlacesTest, WhenAllIsTakenTheCrowdMakesRoomAndNotTheFew) {
  ASSERT_TRUE(come("203.0.113.1"));
  crowd("192.0.2.1", 8);
  crowd("198.51.100.1", 7);
  now += 1s;
  ASSERT_TRUE(come("203.0.113.2"));
  EXPECT_EQ(gone, std::vector<std::string>{"192.0.2.1"});
}

TEST_F(PlacesTest, FromEverywhereTheLongestIdleMakesRoom) {
  for (int net = 0; net < 16; ++net) {
    ASSERT_TRUE(come("10.0." + std::to_string(net) + ".1"));
    now += 1s;
  }
  places.got_on(guests[0], now);
  ASSERT_TRUE(come("203.0.113.1"));
  EXPECT_EQ(gone, std::vector<std::string>{"10.0.1.1"});
}

TEST_F(PlacesTest, AnOctetASecondIsNoProgress) {
  // Its holder calls got_on() for whole requests alone, so it goes although it came last but one.
  ASSERT_TRUE(come("192.0.2.1"));
  for (int net = 0; net < 15; ++net) ASSERT_TRUE(come("10.0." + std::to_string(net) + ".1"));
  now += 2s;
  for (std::size_t i = 1; i < guests.size(); ++i) places.got_on(guests[i], now);
  ASSERT_TRUE(come("203.0.113.1"));
  EXPECT_EQ(gone, std::vector<std::string>{"192.0.2.1"});
}

TEST_F(PlacesTest, TheReserveIsForTheTrusted) {
  crowd("192.0.2.1", 8);
  crowd("198.51.100.1", 8);
  now += 1s;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(come("203.0.113.5", true));
  EXPECT_TRUE(gone.empty());
  ASSERT_TRUE(come("203.0.113.5", true));
  EXPECT_EQ(gone.size(), 1U);  // a stranger
  EXPECT_EQ(places.size(), 20U);
}

TEST_F(PlacesTest, NoStrangerTakesThePlaceOfTheTrusted) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(come("203.0.113.5", true));
  now += 1h;
  EXPECT_FALSE(come("192.0.2.1"));
  EXPECT_TRUE(gone.empty());
  ASSERT_TRUE(come("203.0.113.6", true));
  EXPECT_EQ(gone, std::vector<std::string>{"203.0.113.5"});
}

TEST_F(PlacesTest, AStrangerWhoShowsAKeyIsOneNoMore) {
  crowd("192.0.2.1", 8);
  places.trust(guests[0]);
  ASSERT_TRUE(come("192.0.2.1"));  // one less counts
  EXPECT_TRUE(gone.empty());
  places.trust(guests[0], false);
  now += 1s;
  ASSERT_TRUE(come("192.0.2.1"));
  EXPECT_EQ(gone.size(), 1U);
}

TEST_F(PlacesTest, WhatLeavesLeavesOnce) {
  crowd("192.0.2.1", 8);
  places.leave(guests[0]);
  places.leave(guests[0]);
  ASSERT_TRUE(come("192.0.2.1"));
  EXPECT_TRUE(gone.empty());
  EXPECT_EQ(places.size(), 8U);
}

TEST_F(PlacesTest, APlaceThatIsInUseIsSpared) {
  Places some({.total = 2, .reserved = 0, .per_host = 2, .per_network = 2, .spared = 2s});
  Guest first("first", gone), second("second", gone), third("third", gone);
  ASSERT_TRUE(some.admit(first, source("192.0.2.1"), false, now));
  ASSERT_TRUE(some.admit(second, source("192.0.2.2"), false, now));
  now += 1s;
  EXPECT_FALSE(some.admit(third, source("198.51.100.1"), false, now));
  some.got_on(second, now);
  now += 1s;
  EXPECT_TRUE(some.admit(third, source("198.51.100.1"), false, now));
  EXPECT_EQ(gone, std::vector<std::string>{"first"});
  some.leave(second);
  some.leave(third);
}

TEST_F(PlacesTest, DescriptorsThatHaveRunOutTakeThePlaceOfAStranger) {
  ASSERT_TRUE(come("203.0.113.5", true));
  ASSERT_TRUE(come("192.0.2.1"));
  places.take_one_back(now);
  EXPECT_EQ(gone, std::vector<std::string>{"192.0.2.1"});
  places.take_one_back(now);
  EXPECT_EQ(gone.back(), "203.0.113.5");
  places.take_one_back(now);
  EXPECT_EQ(gone.size(), 2U);
}

TEST_F(PlacesTest, IdleTimeShrinksAsPlacesFill) {
  EXPECT_EQ(places.idle_limit(10s, 1s), 10s);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(come("203.0.113.5", true));
  EXPECT_EQ(places.idle_limit(10s, 1s), 10s);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(come("203.0.113.5", true));
  EXPECT_EQ(places.idle_limit(10s, 1s), 5500ms);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(come("203.0.113.5", true));
  EXPECT_EQ(places.idle_limit(10s, 1s), 1s);
}

TEST(KnownSourcesTest, RemembersForADayAndTheNewestOnly) {
  KnownSources known;
  const IpAddress first = *IpAddress::parse("192.0.2.1");
  Instant now{};
  EXPECT_FALSE(known.contains(first, now));
  known.add(first, now);
  EXPECT_TRUE(known.contains(first, now + kSourceKnownFor - 1s));
  EXPECT_FALSE(known.contains(first, now + kSourceKnownFor));
  for (std::size_t i = 0; i < kMaxKnownSources; ++i) {
    now += 1s;
    known.add(*IpAddress::parse("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256)),
              now);
  }
  EXPECT_FALSE(known.contains(first, now));
  EXPECT_TRUE(known.contains(*IpAddress::parse("10.0.0.0"), now));
  known.clear();
  EXPECT_FALSE(known.contains(*IpAddress::parse("10.0.0.0"), now));
}

}  // namespace
}  // namespace rollcall
