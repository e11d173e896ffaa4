/// The live masks of a zone and the shares of its live records: the only part of it that changes.
///
/// Writer: only the roster strand, through apply() and withhold(). Readers: any thread. A query
/// reads one mask by one relaxed load, and needs nothing else, because policy was applied before
/// the mask was stored. A transfer needs the version of the zone and all masks as they were when
/// the serial was published: snapshot(). The two differ only while a serial waits to be written to
/// disk.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/published.hpp"
#include "core/strong_id.hpp"
#include "zone/shares.hpp"

namespace rollcall::zone {

class Zone;

struct MaskChange {
  WatchId watch;
  std::uint64_t mask = 0;

  bool operator==(const MaskChange&) const = default;
};

/// A zone as a transfer sends it.
struct WatchSnapshot {
  std::uint32_t serial = 0;
  std::vector<std::uint64_t> masks;
  std::shared_ptr<const Zone> zone;  // the version under that serial; null: not known, or freed
  std::uint32_t full_serial = 0;     // of its content, whatever is live
};

class WatchTable {
 public:
  /// Starts with every record of every RRset live, under `serial`.
  /// @param counts the number of records of each watched RRset, 1..64
  WatchTable(std::span<const std::uint16_t> counts, std::uint32_t serial)
      : watches_(counts.empty() ? nullptr : std::make_unique<Watched[]>(counts.size())),
        size_(counts.size()),
        serial_(serial),
        full_serial_(serial) {
    for (std::size_t i = 0; i < size_; ++i) {
      watches_[i].mask.store(all_of(counts[i]));
      watches_[i].sent.store(all_of(counts[i]));
    }
  }

  static constexpr std::uint64_t all_of(std::size_t count) noexcept {
    return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  }

  std::size_t size() const noexcept { return size_; }
  std::uint64_t mask(std::uint32_t watch) const noexcept {
    return watches_[watch].mask.load(std::memory_order_relaxed);
  }
  /// Null: every live record is answered, and each is equally often first.
  const SharedShares* shares(std::uint32_t watch) const noexcept {
    return watches_[watch].shares.load(std::memory_order_acquire);
  }
  std::uint32_t serial() const noexcept { return serial_.load(std::memory_order_relaxed); }
  std::uint32_t full_serial() const noexcept {
    return full_serial_.load(std::memory_order_relaxed);
  }

  /// Roster strand only. Queries follow, and transfers under `serial`: `changes` are all changes
  /// since the previous serial. `version_` is odd while masks and serial do not belong together.
  /// @param full the serial of the content; nothing: as before, or `serial` at first
  /// @param zone the version of that serial; null: as before. Versions with the same pools have
  ///        one table.
  void apply(std::span<const MaskChange> changes, std::uint32_t serial,
             std::optional<std::uint32_t> full = std::nullopt,
             const std::shared_ptr<const Zone>& zone = nullptr) {
    std::shared_ptr<const SentVersion> sent;
    if (zone && last_sent_.lock() != zone) {
      last_sent_ = zone;
      sent = std::make_shared<const SentVersion>(zone);
    }
    version_.fetch_add(1, std::memory_order_acq_rel);
    if (sent) sent_version_.publish(std::move(sent));
    if (full || !published_) full_serial_.store(full.value_or(serial), std::memory_order_release);
    for (const MaskChange& change : changes) {
      watches_[change.watch.value].mask.store(change.mask, std::memory_order_release);
      watches_[change.watch.value].sent.store(change.mask, std::memory_order_release);
    }
    serial_.store(serial, std::memory_order_release);
    published_ = true;
    transferable_.store(true, std::memory_order_release);
    version_.fetch_add(1, std::memory_order_release);
  }

  /// Roster strand only. Queries follow; transfers stay with the last published state, and are
  /// impossible before the first apply().
  /// @param serial the one that a SOA shows
  void withhold(std::span<const MaskChange> changes, std::uint32_t serial) noexcept {
    version_.fetch_add(1, std::memory_order_acq_rel);
    for (const MaskChange& change : changes) {
      watches_[change.watch.value].mask.store(change.mask, std::memory_order_release);
    }
    serial_.store(serial, std::memory_order_release);
    transferable_.store(published_, std::memory_order_release);
    version_.fetch_add(1, std::memory_order_release);
  }

  /// Roster strand only. Transfers carry no shares: a zone cannot express them.
  void apply(std::span<const ShareChange> changes) {
    for (const auto& [watch, shares] : changes) {
      Watched& watched = watches_[watch.value];
      if (!shares.any()) {
        watched.shares.store(nullptr, std::memory_order_release);
        continue;
      }
      // Kept as long as the zone: a query may be reading it.
      if (!watched.kept) watched.kept = std::make_unique<SharedShares>();
      watched.kept->store(shares);
      watched.shares.store(watched.kept.get(), std::memory_order_release);
    }
  }

  /// Any thread. Never pairs a serial with the masks or the version of another one.
  /// @return nothing where nothing is published yet
  std::optional<WatchSnapshot> snapshot() const {
    WatchSnapshot seen{0, std::vector<std::uint64_t>(size_), nullptr, 0};
    for (;;) {
      const std::uint64_t before = version_.load(std::memory_order_acquire);
      for (std::size_t i = 0; i < size_; ++i) {
        seen.masks[i] = watches_[i].sent.load(std::memory_order_acquire);
      }
      seen.serial = serial_.load(std::memory_order_acquire);
      seen.zone = sent_version_.load()->zone.lock();
      seen.full_serial = full_serial_.load(std::memory_order_acquire);
      const bool there = transferable_.load(std::memory_order_acquire);
      if (before % 2 != 0 || version_.load(std::memory_order_acquire) != before) continue;
      return there ? std::optional(std::move(seen)) : std::nullopt;
    }
  }

 private:
  /// The zone owns the table, and not the other way round.
  struct SentVersion {
    std::weak_ptr<const Zone> zone;
  };
  struct Watched {
    std::atomic<std::uint64_t> mask{0};
    std::atomic<std::uint64_t> sent{0};  // as last published
    std::atomic<const SharedShares*> shares{nullptr};
    std::unique_ptr<SharedShares> kept;  // for the writer only
  };

  std::unique_ptr<Watched[]> watches_;
  std::size_t size_;
  std::atomic<std::uint32_t> serial_;
  std::atomic<std::uint32_t> full_serial_;
  std::atomic<bool> transferable_{true};
  bool published_ = false;               // by apply(); for the writer only
  std::weak_ptr<const Zone> last_sent_;  // the same
  Published<SentVersion> sent_version_{std::make_shared<const SentVersion>()};
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace rollcall::zone
