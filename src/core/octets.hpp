/// Compares and copies short runs of octets (names and records) inline: a call would cost more than
/// the work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/bytes.hpp"

namespace rollcall {

/// `from` and `to` do not overlap.
inline void copy_octets(std::uint8_t* to, const std::uint8_t* from, std::size_t size) noexcept {
  constexpr std::size_t kAtOnce = 16;
  constexpr std::size_t kLong = 256;  // from here on a call is cheaper
  if (size < kAtOnce || size > kLong) {
    if (size != 0) std::memcpy(to, from, size);
    return;
  }
  for (std::size_t at = 0; at + kAtOnce < size; at += kAtOnce) {
    std::memcpy(to + at, from + at, kAtOnce);
  }
  std::memcpy(to + size - kAtOnce, from + size - kAtOnce, kAtOnce);
}

/// Both have `size` octets.
inline bool same_octets(const std::uint8_t* a, const std::uint8_t* b, std::size_t size) noexcept {
  const auto differ = [&]<class Word>(std::size_t at, Word) {
    Word x, y;
    std::memcpy(&x, a + at, sizeof x);
    std::memcpy(&y, b + at, sizeof y);
    return x ^ y;
  };
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (differ(at, std::uint64_t{})) return false;
    }
    return differ(size - 8, std::uint64_t{}) == 0;
  }
  if (size >= 4) {
    return (differ(0, std::uint32_t{}) | differ(size - 4, std::uint32_t{})) == 0;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}
inline bool same_octets(Bytes a, Bytes b) noexcept {
  return a.size() == b.size() && same_octets(a.data(), b.data(), a.size());
}

}  // namespace rollcall
