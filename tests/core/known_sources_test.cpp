#include "core/known_sources.hpp"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

using namespace std::chrono_literals;

IpAddress host(unsigned number) {
  const std::uint8_t octets[4] = {10, 0, static_cast<std::uint8_t>(number >> 8),
                                  static_cast<std::uint8_t>(number)};
  return *IpAddress::from_octets(octets);
}

TEST(KnownSources, AHostIsKnownForADay) {
  KnownSources known;
  const Instant now{};
  known.add(host(1), now);
  EXPECT_TRUE(known.contains(host(1), now + kSourceKnownFor - 1s));
  EXPECT_FALSE(known.contains(host(1), now + kSourceKnownFor));
  EXPECT_FALSE(known.contains(host(2), now));
  known.clear();
  EXPECT_FALSE(known.contains(host(1), now));
}

TEST(KnownSources, TheOldestMakesRoom) {
  KnownSources known;
  Instant now{};
  for (unsigned i = 0; i < kMaxKnownSources; ++i) known.add(host(i), now += 1s);
  known.add(host(0), now += 1s);  // it is the newest again, and takes nobody's place
  EXPECT_TRUE(known.contains(host(1), now));
  known.add(host(1000), now += 1s);
  EXPECT_FALSE(known.contains(host(1), now));
  EXPECT_TRUE(known.contains(host(0), now));
  EXPECT_TRUE(known.contains(host(1000), now));
}

}  // namespace
}  // namespace rollcall
