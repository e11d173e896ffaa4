/// Hosts that have lately shown a key: strangers do not take their places. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <unordered_map>

#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall {

inline constexpr std::size_t kMaxKnownSources = 256;  // nameservers and secondaries are fewer
/// Longer than the refresh of most zones and the pause between two restarts of a service.
inline constexpr Duration kSourceKnownFor = std::chrono::hours(24);

/// One thread.
class KnownSources {
 public:
  /// @param host of Source (places.hpp)
  void add(const IpAddress& host, Instant now) {
    if (seen_.size() >= kMaxKnownSources && !seen_.contains(host)) {
      seen_.erase(
          std::ranges::min_element(seen_, {}, [](const auto& entry) { return entry.second; }));
    }
    seen_[host] = now;
  }
  bool contains(const IpAddress& host, Instant now) const {
    const auto found = seen_.find(host);
    return found != seen_.end() && now - found->second < kSourceKnownFor;
  }
  void clear() { seen_.clear(); }

 private:
  std::unordered_map<IpAddress, Instant> seen_;
};

}  // namespace rollcall
