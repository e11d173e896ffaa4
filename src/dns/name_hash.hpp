/// The hash of a name, made label by label from the root, so that one pass over a name gives the
/// hash of every suffix of it. Zone index, catalog and query path all use this one.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/bytes.hpp"

namespace rollcall::dns {

inline constexpr std::uint64_t kRootHash = 0x243f6a8885a308d3ULL;

/// Octets that hash_octets() may read after a label; they do not change the hash.
inline constexpr std::size_t kHashSlack = 7;

namespace detail {

/// Eight octets as a number, the first one lowest on every machine.
inline std::uint64_t load_eight(const std::uint8_t* at) noexcept {
  std::uint64_t word;
  std::memcpy(&word, at, 8);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// Both halves of a long product: every octet of the word reaches every bit of the hash, the low
/// bits, which choose the place in an index, and the high ones, which are kept there.
inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{hash ^ word} * 0x589965cc75374cc3ULL;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Masks of the first 0 to 8 octets of a word.
inline constexpr std::uint64_t kFirstOctets[9]{0,
                                               0xff,
                                               0xffff,
                                               0xffffff,
                                               0xffffffff,
                                               0xffffffffff,
                                               0xffffffffffff,
                                               0xffffffffffffff,
                                               0xffffffffffffffff};

}  // namespace detail

/// The hash of a label in front of the name whose hash is `suffix`.
/// @param label its octets in lower case, without the length octet, followed by kHashSlack readable
///        octets
/// @param size octets of the label, at least 1
inline std::uint64_t hash_octets(std::uint64_t suffix, const std::uint8_t* label,
                                 std::size_t size) noexcept {
  suffix += size;  // so that the same octets in labels of other sizes hash differently
  for (; size > 8; size -= 8, label += 8) [[unlikely]] {
    suffix = detail::mix(suffix, detail::load_eight(label));
  }
  return detail::mix(suffix, detail::load_eight(label) & detail::kFirstOctets[size]);
}

/// The same for a label without readable octets after it.
/// @param label its length octet and its octets in lower case
std::uint64_t hash_label(std::uint64_t suffix, const std::uint8_t* label) noexcept;

/// @param wire an uncompressed name in lower case
std::uint64_t hash_name(Bytes wire) noexcept;

}  // namespace rollcall::dns
