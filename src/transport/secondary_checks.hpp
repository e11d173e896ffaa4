/// Asks secondaries which serial they hold: one that is ahead of us would take nothing from us any
/// more, and say nothing of it.
///
/// By TCP alone: an answer over UDP could come from anybody, and our serials would follow it.
///
/// Limitations: a secondary that wants a key for a query of its SOA is not heard.
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
/// All secondaries of a zone that answered, in a way that only they can.
struct HeldSerials {
  dns::Name origin;
  std::vector<HeldSerial> held;
};

/// Control thread only.
class SecondaryChecks {
 public:
  /// @param sources as of NotifySender: an address that secondaries know us by
  /// @param report is told what each secondary of a zone holds that answered, in one go
  SecondaryChecks(asio::any_io_executor executor, std::vector<IpAddress> sources,
                  std::uint64_t seed, std::function<void(HeldSerials)> report);

  /// Asks the zone's secondaries, where they were not asked a moment ago.
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
  std::deque<Job> waiting_;  // a zone once at the most: see last_
  std::size_t running_ = 0;
  io::TaskGroup tasks_;
};

}  // namespace rollcall::transport
