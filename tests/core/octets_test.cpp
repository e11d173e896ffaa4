#include "core/octets.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rollcall {
namespace {

TEST(Octets, SameOctetsFindsADifferenceAtEveryPlace) {
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

TEST(Octets, AllAreCopiedAndNoMore) {
  std::vector<std::uint8_t> from(600);
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::uint8_t>(i * 7 + 1);
  for (std::size_t size = 0; size <= 300; ++size) {
    std::vector<std::uint8_t> to(size + 2, 0xee);
    copy_octets(to.data() + 1, from.data() + size, size);
    EXPECT_TRUE(same_octets(Bytes(to).subspan(1, size), Bytes(from).subspan(size, size))) << size;
    EXPECT_EQ(to.front(), 0xee) << size;
    EXPECT_EQ(to.back(), 0xee) << size;
  }
}

}  // namespace
}  // namespace rollcall
