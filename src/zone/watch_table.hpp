/// The live masks of a zone: the one thing in it that changes.
///
/// Writer: the roster strand alone. Readers: any thread, relaxed loads; one load gives one answer's
/// whole truth, because policy was applied before the mask was stored.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "core/strong_id.hpp"

namespace rollcall::zone {

inline constexpr std::size_t kMaxWatchedRecords = 64;  // one bit each in a mask that is one load

class WatchTable {
 public:
  /// Every record of every RRset live.
  /// @param counts the number of records of each watched RRset, 1..64
  WatchTable(std::span<const std::uint16_t> counts, std::uint32_t serial)
      : masks_(std::make_unique<std::atomic<std::uint64_t>[]>(counts.size())),
        size_(counts.size()),
        serial_(serial) {
    for (std::size_t i = 0; i < size_; ++i) masks_[i].store(all_of(counts[i]));
  }

  static constexpr std::uint64_t all_of(std::size_t count) noexcept {
    return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  }

  std::uint64_t mask(std::uint32_t watch) const noexcept {
    return masks_[watch].load(std::memory_order_relaxed);
  }
  void store(WatchId watch, std::uint64_t mask) noexcept {
    masks_[watch.value].store(mask, std::memory_order_relaxed);
  }
  std::uint32_t serial() const noexcept { return serial_.load(std::memory_order_relaxed); }
  void store_serial(std::uint32_t serial) noexcept {
    serial_.store(serial, std::memory_order_relaxed);
  }
  std::size_t size() const noexcept { return size_; }

 private:
  std::unique_ptr<std::atomic<std::uint64_t>[]> masks_;
  std::size_t size_;
  std::atomic<std::uint32_t> serial_;
};

}  // namespace rollcall::zone
