#include "zone/addresses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zone_text.hpp"

namespace rollcall::zone {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> addresses(const Zone& zone, std::string_view name) {
  std::vector<std::string> texts;
  for (const IpAddress& address : addresses_of(zone, name_of(name))) {
    texts.push_back(address.to_string());
  }
  return texts;
}

class Addresses : public testing::Test {
 protected:
  LoadReport report_ = load_tail(
      "mx A 192.0.2.7\nmx A 192.0.2.8\nmx AAAA 2001:db8::7\nmx TXT x\n"
      "*.w A 192.0.2.9\nthere.w TXT x\nalias CNAME mx\nsub NS ns.sub\nns.sub A 192.0.2.10\n"
      "d DNAME example.org.\nd A 192.0.2.11\nent.deep A 192.0.2.12\n",
      {name_of("mx.example.com")});
  const Zone& zone_ = *report_.zone;
};

TEST_F(Addresses, AreTheNamesOwnAliveOrDead) {
  EXPECT_THAT(addresses(zone_, "MX.example.com"),
              ElementsAre("192.0.2.7", "192.0.2.8", "2001:db8::7"));
  zone_.watch_table().apply(std::vector<MaskChange>{{WatchId{0}, 1}}, 2);
  EXPECT_THAT(addresses(zone_, "mx.example.com"),
              ElementsAre("192.0.2.7", "192.0.2.8", "2001:db8::7"));
  EXPECT_THAT(addresses(zone_, "d.example.com"), ElementsAre("192.0.2.11"));
}

TEST_F(Addresses, AreTheWildcardsThatCoversTheName) {
  EXPECT_THAT(addresses(zone_, "a.w.example.com"), ElementsAre("192.0.2.9"));
  EXPECT_THAT(addresses(zone_, "a.b.w.example.com"), ElementsAre("192.0.2.9"));
  EXPECT_THAT(addresses(zone_, "there.w.example.com"), IsEmpty());
  EXPECT_THAT(addresses(zone_, "below.there.w.example.com"), IsEmpty());
}

TEST_F(Addresses, AreNoneWhereTheZoneDoesNotAnswer) {
  for (const char* name : {"missing.example.com", "alias.example.com", "ns.sub.example.com",
                           "x.sub.example.com", "sub.example.com", "x.d.example.com",
                           "deep.example.com", "example.com", "example.org", "com", "."}) {
    EXPECT_THAT(addresses(zone_, name), IsEmpty()) << name;
  }
}

}  // namespace
}  // namespace rollcall::zone
