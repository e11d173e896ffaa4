#include "dns/query_name.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/octets.hpp"
#include "core/random.hpp"
#include "dns/name_hash.hpp"

namespace rollcall::dns {
namespace {

using Octets = std::vector<std::uint8_t>;

/// Labels of octets of every kind; upper-case letters are frequent.
Octets random_name(Random& random) {
  Octets wire;
  for (std::uint64_t labels = random.below(6); labels > 0; --labels) {
    const std::uint64_t size = 1 + random.below(random.below(4) == 0 ? kMaxLabelSize : 12);
    if (wire.size() + size + 2 > kMaxNameSize) break;
    wire.push_back(static_cast<std::uint8_t>(size));
    for (std::uint64_t i = 0; i < size; ++i) {
      const bool letter = random.below(2) == 0;
      wire.push_back(static_cast<std::uint8_t>(letter ? '@' + random.below(29) : random.next()));
    }
  }
  wire.push_back(0);
  return wire;
}

TEST(QueryName, HoldsEachSuffixInLowerCaseWithItsHash) {
  Random random(5);
  for (int round = 0; round < 20'000; ++round) {
    const Octets wire = random_name(random);
    Octets packet(12, 0xff);
    packet.insert(packet.end(), wire.begin(), wire.end());
    packet.resize(packet.size() + random.below(10), 0xff);
    QueryName name;
    ASSERT_EQ(name.read(packet, 12), wire.size());
    Name rest = *Name::from_wire(wire);
    ASSERT_EQ(name.labels(), rest.label_count());
    for (std::size_t i = 0; i <= name.labels(); ++i, rest = rest.parent()) {
      const Name lowered = rest.lowered();
      ASSERT_TRUE(same_octets(name.suffix(i), lowered.wire())) << rest.to_text();
      ASSERT_EQ(name.hash(i), hash_name(lowered.wire())) << rest.to_text();
    }
  }
}

TEST(QueryName, ANameThatIsCutOffIsNone) {
  const Octets wire{3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
  QueryName name;
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_EQ(name.read(Bytes(wire).first(size), 0), 0U) << size;
  }
  EXPECT_EQ(name.read(wire, 0), wire.size());
}

TEST(QueryName, HasAtMost255OctetsAndNoPointers) {
  Octets longest;
  for (int i = 0; i < 127; ++i) longest.insert(longest.end(), {1, 'a'});
  longest.push_back(0);
  QueryName name;
  EXPECT_EQ(name.read(longest, 0), 255U);
  EXPECT_EQ(name.labels(), 127U);
  longest.insert(longest.begin(), {1, 'a'});
  EXPECT_EQ(name.read(longest, 0), 0U);
  EXPECT_EQ(name.read(Octets{0xc0, 0x0c, 0, 0}, 0), 0U);
  EXPECT_EQ(name.read(Octets{0x40, 'a', 0, 0}, 0), 0U);
}

TEST(QueryName, EachOctetOfALabelIsInItsHash) {
  for (std::size_t size = 1; size <= kMaxLabelSize; ++size) {
    Octets label(1 + size, 'a');
    label[0] = static_cast<std::uint8_t>(size);
    const std::uint64_t plain = hash_label(kRootHash, label.data());
    for (std::size_t at = 1; at <= size; ++at) {
      Octets other = label;
      other[at] = 'b';
      EXPECT_NE(hash_label(kRootHash, other.data()), plain) << size << " octets, " << at;
    }
  }
}

/// The low bits choose a name's place in an index: names that follow each other must not share
/// them.
TEST(QueryName, NamesThatFollowEachOtherHavePlacesOfTheirOwn) {
  constexpr std::size_t kNames = 4096;
  for (std::size_t size = 4; size <= 20; ++size) {
    for (const unsigned shift : {0U, 32U}) {  // the draft's index takes the upper half
      std::vector<bool> taken(4 * kNames);
      std::size_t places = 0;
      for (std::size_t i = 0; i < kNames; ++i) {
        std::string digits = std::to_string(i);
        digits.insert(0, size - digits.size(), 'h');
        const std::uint64_t hash = hash_name(Name::parse(digits + ".example.com")->wire());
        auto place = taken[(hash >> shift) % taken.size()];
        places += place ? 0 : 1;
        place = true;
      }
      // Dice would find a new place for 0.885 of them (4 - 4 * e^(-1/4)); a hash whose low bits
      // miss the last octets, for one in a hundred.
      EXPECT_GT(places, kNames * 3 / 4) << size << " octets, from bit " << shift;
    }
  }
}

TEST(QueryName, WhereALabelEndsIsInTheHash) {
  const auto hash = [](std::string_view text) { return hash_name(Name::parse(text)->wire()); };
  EXPECT_NE(hash("aaaaaaaab.example"), hash("b.aaaaaaaa.example"));
  EXPECT_NE(hash("a.example"), hash("a\\000.example"));
}

}  // namespace
}  // namespace rollcall::dns
