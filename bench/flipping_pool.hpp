/// A zone with one pool whose first member comes and goes at a fixed rate.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "zone/catalog.hpp"

namespace rollcall::bench {

inline constexpr std::uint16_t kPoolSize = 3;

/// mydomain.com with the pool www of kPoolSize addresses.
zone::Catalog pool_catalog();

/// Writes the pool's mask from a thread of its own, as the control strand does: all members, all
/// but the first, all members again.
class Flipper {
 public:
  /// @param rate flips a second, by a schedule; 0: none
  /// @param stores false: wakes as often but changes nothing, to separate the two costs
  /// @param cpu where the thread runs, or kAnyCpu
  Flipper(const zone::Catalog& catalog, double rate, int cpu, bool stores = true);
  ~Flipper() = default;

  /// When the last flip was, ns of the monotonic clock; 0 before the first.
  std::uint64_t last_flip() const noexcept { return last_flip_.load(std::memory_order_relaxed); }
  std::uint64_t flips() const noexcept { return flips_.load(std::memory_order_relaxed); }

 private:
  void run(const std::stop_token& stop, double rate, int cpu, bool stores);

  zone::WatchTable& table_;
  std::atomic<std::uint64_t> last_flip_{0};
  std::atomic<std::uint64_t> flips_{0};
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace rollcall::bench
