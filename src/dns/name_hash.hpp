/// The hash of a name, made label by label from the root, so that one pass over a name gives the
/// hash of every suffix of it. Zone index, catalog and query path all use this one.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/bytes.hpp"

namespace rollcall::dns {

inline constexpr std::uint64_t kRootHash = 0x243f6a8885a308d3ULL;

/// Fewer than eight octets as a number, the first one lowest, without a look behind them.
inline std::uint64_t load_tail(const std::uint8_t* at, std::size_t size) noexcept {
  if (size >= 4) {
    std::uint32_t first, last;  // they overlap, and there they are the same
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + size - 4, 4);
    return first | std::uint64_t{last} << (8 * (size - 4));
  }
  if (size == 0) return 0;
  return at[0] | std::uint64_t{at[size / 2]} << (8 * (size / 2)) |
         std::uint64_t{at[size - 1]} << (8 * (size - 1));
}

/// The hash of `label` in front of the name whose hash is `suffix`.
/// @param label its octets in lower case, without the length octet
inline std::uint64_t hash_label(std::uint64_t suffix, const std::uint8_t* label,
                                std::size_t size) noexcept {
  constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15ULL;
  std::uint64_t h = suffix ^ (size * kPrime);
  while (size >= 8) {
    std::uint64_t word;
    std::memcpy(&word, label, 8);
    h = (h ^ word) * kPrime;
    h ^= h >> 32;
    label += 8;
    size -= 8;
  }
  h = (h ^ load_tail(label, size)) * kPrime;
  return h ^ (h >> 32);
}

/// @param wire an uncompressed name in lower case
std::uint64_t hash_name(Bytes wire) noexcept;

}  // namespace rollcall::dns
