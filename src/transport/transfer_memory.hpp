/// The memory of all transfers under way, each until its zone is built: a few primaries that send
/// without end must not take that of the whole host.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "core/ip_address.hpp"

namespace rollcall::transport {

struct TransferMemoryLimits {
  std::uint64_t total = std::uint64_t{2} << 30;
  /// Of one primary: the largest zone fits, and half is left for the zones of others.
  std::uint64_t per_primary = (std::uint64_t{1} << 30) + (std::uint64_t{64} << 20);
};

/// Any thread.
class TransferMemory {
 public:
  explicit TransferMemory(TransferMemoryLimits limits = {}) : limits_(limits) {}

  /// What one transfer has: given back at its end.
  class Share {
   public:
    Share(std::shared_ptr<TransferMemory> memory, const IpAddress& primary)
        : memory_(std::move(memory)), primary_(primary) {}
    ~Share() { memory_->give_back(primary_, octets_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// @param octets that the transfer has now, no fewer than before
    /// @return false where there are not as many
    bool grow_to(std::uint64_t octets) {
      if (!memory_->take(primary_, octets - octets_)) return false;
      octets_ = octets;
      return true;
    }

   private:
    std::shared_ptr<TransferMemory> memory_;
    IpAddress primary_;
    std::uint64_t octets_ = 0;
  };

 private:
  bool take(const IpAddress& primary, std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    std::uint64_t& taken = of_primaries_[primary];
    if (octets > limits_.total - total_ || octets > limits_.per_primary - taken) return false;
    taken += octets;
    total_ += octets;
    return true;
  }
  void give_back(const IpAddress& primary, std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    total_ -= octets;
    const auto found = of_primaries_.find(primary);
    if (found == of_primaries_.end()) return;
    found->second -= octets;
    if (found->second == 0) of_primaries_.erase(found);
  }

  const TransferMemoryLimits limits_;
  std::mutex mutex_;
  std::uint64_t total_ = 0;
  std::map<IpAddress, std::uint64_t> of_primaries_;
};

}  // namespace rollcall::transport
