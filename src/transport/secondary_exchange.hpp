/// One message to a secondary by UDP, and its answer: NOTIFY (RFC 1996), or the question for its
/// SOA. Who is asked what, and when, is said by transfer/secondary_board.hpp.
///
/// Limitations: the answers are not verified; a forged one can at most hide for a while that a
/// secondary lags. What our serials follow is asked by TCP (secondary_checks.hpp).
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/random.hpp"
#include "dns/tsig_key.hpp"
#include "io/async.hpp"
#include "transfer/secondary_record.hpp"
#include "zone/zone.hpp"

namespace rollcall::transport {

/// Control thread only.
class SecondaryExchange {
 public:
  /// @param sources the addresses to send from; the first of the secondary's family is used. A
  ///         secondary accepts NOTIFY only from addresses that it knows as its primaries
  SecondaryExchange(asio::any_io_executor executor, std::vector<IpAddress> sources,
                    std::uint64_t seed)
      : executor_(executor), sources_(std::move(sources)), random_(seed) {}

  /// Announces a serial.
  /// @param key signs the NOTIFY, where the secondary has one
  /// @param limit for the answer; always waited for where none comes
  asio::awaitable<transfer::ErrandEnd> notify(const zone::Zone& zone, std::uint32_t serial,
                                              Endpoint secondary, std::optional<dns::TsigKey> key,
                                              Duration limit);
  /// Asks for the SOA of a zone.
  asio::awaitable<transfer::ErrandEnd> ask(dns::Name origin, Endpoint secondary, Duration limit);

 private:
  struct Answer;

  ErrorCode connect(asio::ip::udp::socket& socket, const Endpoint& secondary) const;
  asio::awaitable<Answer> exchange(Endpoint secondary, std::vector<std::uint8_t> message,
                                   Duration limit);

  asio::any_io_executor executor_;
  std::vector<IpAddress> sources_;
  Random random_;
};

}  // namespace rollcall::transport
