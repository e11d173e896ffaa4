/// How the live records of an RRset are drawn where they have different shares.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "core/strong_id.hpp"

namespace rollcall::zone {

inline constexpr std::size_t kMaxWatchedRecords = 64;  // one bit each in a mask that is one load

/// The shares by policy. Without any, every live record is answered, and each is equally often
/// first.
struct Shares {
  std::vector<std::uint16_t> weights;  // by record, in any common unit; empty: all equal
  std::uint16_t max_answers = 0;       // 0: all that are live

  bool any() const noexcept { return !weights.empty() || max_answers != 0; }
  bool operator==(const Shares&) const = default;
};

struct ShareChange {
  WatchId watch;
  Shares shares;

  bool operator==(const ShareChange&) const = default;
};

/// Shares as queries read them while they change: each number is read by itself. A draw that sees
/// one old and one new weight is as fair as either.
class SharedShares {
 public:
  void store(const Shares& shares) noexcept {
    for (std::size_t i = 0; i < kMaxWatchedRecords; ++i) {
      const std::uint16_t weight = shares.weights.empty()      ? 1
                                   : i < shares.weights.size() ? shares.weights[i]
                                                               : 0;
      weights_[i].store(weight, std::memory_order_relaxed);
    }
    max_answers_.store(shares.max_answers, std::memory_order_relaxed);
  }

  std::uint16_t weight(unsigned record) const noexcept {
    return weights_[record].load(std::memory_order_relaxed);
  }
  /// 0: no limit.
  std::uint16_t max_answers() const noexcept {
    return max_answers_.load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint16_t>, kMaxWatchedRecords> weights_{};
  std::atomic<std::uint16_t> max_answers_{0};
};

}  // namespace rollcall::zone
