/// A histogram of times, in buckets that are at most 1/64 wide: percentiles of millions of
/// latencies in 30 KiB.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace rollcall::bench {

class Histogram {
 public:
  void add(std::uint64_t value) {
    ++buckets_[index_of(value)];
    ++count_;
    max_ = std::max(max_, value);
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }

  /// The least value of the bucket in which that share of all values ends; 0 if there are none.
  /// @param share 0..1
  std::uint64_t quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen > wanted) return least_of(i);
    }
    return max_;
  }

 private:
  static constexpr std::size_t kSteps = 64;  // buckets for each power of two

  static std::size_t index_of(std::uint64_t value) {
    if (value < kSteps) return value;
    const auto shift = static_cast<std::size_t>(std::bit_width(value)) - 7;  // leaves kSteps..127
    return shift * kSteps + (value >> shift);
  }
  static std::uint64_t least_of(std::size_t index) {
    if (index < 2 * kSteps) return index;
    const std::size_t shift = index / kSteps - 1;
    return std::uint64_t{index - shift * kSteps} << shift;
  }

  std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>(kSteps * 60);
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace rollcall::bench
