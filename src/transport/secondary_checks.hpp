/// Asks secondaries which serial they hold: one that is ahead of us would silently ignore every
/// change.
///
/// Only over TCP: an answer over UDP could be forged, and our serials would follow it.
///
/// Limitations: a secondary that requires a key for SOA queries cannot be asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/ip_address.hpp"
#include "core/random.hpp"
#include "dns/name.hpp"
#include "io/async.hpp"
#include "io/task_group.hpp"
#include "zone/transfer_policy.hpp"

namespace rollcall::transport {

inline constexpr std::size_t kMaxSecondaryChecks = 16;     // zones at once: each holds a socket
inline constexpr std::chrono::minutes kSecondaryPause{1};  // between two checks of one zone
inline constexpr std::chrono::seconds kSecondaryLimit{5};  // of one question

/// What one secondary answered.
struct HeldSerial {
  Endpoint secondary;
  std::uint32_t serial = 0;
};
/// All secondaries of a zone that answered, over TCP and so from their own addresses.
struct HeldSerials {
  dns::Name origin;
  std::vector<HeldSerial> held;
};

/// Control thread only.
class SecondaryChecks {
 public:
  /// @param sources as for SecondaryExchange: addresses that secondaries know us by
  /// @param report called once a check with the serials of the secondaries that answered
  SecondaryChecks(asio::any_io_executor executor, std::vector<IpAddress> sources,
                  std::uint64_t seed, std::function<void(HeldSerials)> report);

  /// Asks the zone's secondaries, unless they were asked within kSecondaryPause.
  void check(const dns::Name& origin, const std::vector<zone::Secondary>& secondaries);

  void cancel();

 private:
  struct Job {
    dns::Name origin;
    std::vector<Endpoint> secondaries;
  };
  void start_next();
  asio::awaitable<void> run(Job job);
  asio::awaitable<std::optional<std::uint32_t>> ask(dns::Name origin, Endpoint secondary);

  std::vector<IpAddress> sources_;
  Random random_;
  std::function<void(HeldSerials)> report_;
  std::map<dns::Name, std::chrono::steady_clock::time_point, dns::CanonicalLess> last_;
  std::deque<Job> waiting_;  // each zone at most once: see last_
  std::size_t running_ = 0;
  io::TaskGroup tasks_;
};

}  // namespace rollcall::transport
