#include "histogram.hpp"

#include <gtest/gtest.h>

#include <random>

namespace rollcall::bench {
namespace {

TEST(Histogram, HasNothingToSayOfNothing) {
  const Histogram none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.quantile(0.5), 0U);
  EXPECT_EQ(none.max(), 0U);
}

TEST(Histogram, KeepsSmallValuesAsTheyAre) {
  Histogram seen;
  for (std::uint64_t value = 0; value < 100; ++value) seen.add(value);
  EXPECT_EQ(seen.count(), 100U);
  for (std::uint64_t value = 0; value < 100; ++value) {
    EXPECT_EQ(seen.quantile(static_cast<double>(value) / 100 + 0.005), value);
  }
  EXPECT_EQ(seen.max(), 99U);
}

TEST(Histogram, IsAtMostASixtyFourthTooLow) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::uint64_t> values;
    Histogram seen;
    for (int i = 0; i < 5000; ++i) {
      values.push_back(random() >> (random() % 60 + 1));
      seen.add(values.back());
    }
    std::ranges::sort(values);
    for (const double share : {0.0, 0.5, 0.99, 0.999}) {
      const std::uint64_t exact =
          values[static_cast<std::size_t>(share * static_cast<double>(values.size()))];
      const std::uint64_t told = seen.quantile(share);
      EXPECT_LE(told, exact);
      EXPECT_GE(told, exact - exact / 64);
    }
    EXPECT_EQ(seen.max(), values.back());
  }
}

TEST(Histogram, TakesTheLargestValueThatThereIs) {
  Histogram seen;
  seen.add(~std::uint64_t{0});
  EXPECT_EQ(seen.max(), ~std::uint64_t{0});
  EXPECT_GE(seen.quantile(0.5), ~std::uint64_t{0} - (~std::uint64_t{0} >> 6));
}

}  // namespace
}  // namespace rollcall::bench
