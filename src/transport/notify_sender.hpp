/// Tells secondaries of new serials (RFC 1996) and repeats until they answer.
#pragma once

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "dns/tsig_key.hpp"
#include "io/async.hpp"
#include "io/task_group.hpp"
#include "zone/transfer_policy.hpp"
#include "zone/zone.hpp"

namespace rollcall::transport {

/// How long each try waits for an answer. RFC 1996 section 3.6 leaves the pace to us; a secondary
/// that missed the first packet should not serve dead members for long.
inline constexpr std::array<std::chrono::milliseconds, 5> kNotifyWaits{
    std::chrono::milliseconds(500), std::chrono::seconds(1), std::chrono::seconds(2),
    std::chrono::seconds(5), std::chrono::seconds(15)};

/// Control thread only.
class NotifySender {
 public:
  /// @param sources the addresses to send from; the first of the secondary's family is used. A
  ///         secondary accepts NOTIFY only from addresses that it knows as its primaries
  NotifySender(asio::any_io_executor executor, std::vector<IpAddress> sources, std::uint64_t seed);

  /// @param key signs the NOTIFY, where the secondary has one A newer serial for the same zone and
  /// secondary ends the attempts for the older one.
  void send(std::shared_ptr<const zone::Zone> zone, std::uint32_t serial,
            const zone::Secondary& secondary, std::optional<dns::TsigKey> key);

  void cancel() { tasks_.cancel(); }

 private:
  using Key = std::pair<std::string, Endpoint>;

  asio::awaitable<void> run(std::shared_ptr<const zone::Zone> zone, std::uint32_t serial,
                            Endpoint secondary, std::optional<dns::TsigKey> key,
                            std::uint64_t turn);
  asio::awaitable<void> tell(std::shared_ptr<const zone::Zone> zone, std::uint32_t serial,
                             Endpoint secondary, std::optional<dns::TsigKey> key,
                             std::uint64_t turn);
  bool is_newest(const Key& place, std::uint64_t turn) const;
  ErrorCode connect(asio::ip::udp::socket& socket, const Endpoint& secondary) const;

  asio::any_io_executor executor_;
  std::vector<IpAddress> sources_;
  Random random_;
  std::map<Key, std::uint64_t> turns_;  // the newest task of each zone and secondary, while it runs
  std::uint64_t last_turn_ = 0;
  io::TaskGroup tasks_;
};

}  // namespace rollcall::transport
