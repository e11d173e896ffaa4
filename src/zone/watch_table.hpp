/// The live masks of a zone: the one thing in it that changes.
///
/// Writer: the roster strand alone, through apply(). Readers: any thread. A query reads one mask in
/// one relaxed load, and that is its answer's whole truth, because policy was applied before the
/// mask was stored. A transfer wants all masks and the serial of one moment: snapshot().
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/strong_id.hpp"

namespace rollcall::zone {

inline constexpr std::size_t kMaxWatchedRecords = 64;  // one bit each in a mask that is one load

struct MaskChange {
  WatchId watch;
  std::uint64_t mask = 0;

  bool operator==(const MaskChange&) const = default;
};

/// All that a transfer sends of what changes.
struct WatchSnapshot {
  std::uint32_t serial = 0;
  std::vector<std::uint64_t> masks;
};

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

  std::size_t size() const noexcept { return size_; }
  std::uint64_t mask(std::uint32_t watch) const noexcept {
    return masks_[watch].load(std::memory_order_relaxed);
  }
  std::uint32_t serial() const noexcept { return serial_.load(std::memory_order_relaxed); }

  /// Roster strand only. `version_` is odd while masks and serial do not belong together.
  void apply(std::span<const MaskChange> changes, std::uint32_t serial) noexcept {
    version_.fetch_add(1, std::memory_order_acq_rel);
    for (const MaskChange& change : changes) {
      masks_[change.watch.value].store(change.mask, std::memory_order_release);
    }
    serial_.store(serial, std::memory_order_release);
    version_.fetch_add(1, std::memory_order_release);
  }

  /// Any thread. A serial is never seen with the masks of another one.
  WatchSnapshot snapshot() const {
    WatchSnapshot seen{0, std::vector<std::uint64_t>(size_)};
    for (;;) {
      const std::uint64_t before = version_.load(std::memory_order_acquire);
      for (std::size_t i = 0; i < size_; ++i) {
        seen.masks[i] = masks_[i].load(std::memory_order_acquire);
      }
      seen.serial = serial_.load(std::memory_order_acquire);
      if (before % 2 == 0 && version_.load(std::memory_order_acquire) == before) return seen;
    }
  }

 private:
  std::unique_ptr<std::atomic<std::uint64_t>[]> masks_;
  std::size_t size_;
  std::atomic<std::uint32_t> serial_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace rollcall::zone
