#include "core/bytes.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rollcall {
namespace {

TEST(Bytes, SameOctetsFindsADifferenceAtEveryPlace) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::vector<std::uint8_t> a(size, 7);
    EXPECT_TRUE(same_octets(a, std::vector<std::uint8_t>(size, 7))) << size;
    EXPECT_FALSE(same_octets(a, std::vector<std::uint8_t>(size + 1, 7))) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::vector<std::uint8_t> b = a;
      b[at] ^= 0x80;
      EXPECT_FALSE(same_octets(a, b)) << size << " octets, " << at;
    }
  }
}

}  // namespace
}  // namespace rollcall
