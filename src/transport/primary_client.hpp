/// The exchanges of a secondary with its primaries: the question for a serial, over UDP and then
/// TCP, and transfers over TCP. On a thread of their own, so that a large transfer delays neither
/// probes nor answers.
///
/// Limitations: no TLS; a connection serves one exchange.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/random.hpp"
#include "dns/name.hpp"
#include "dns/tsig_key.hpp"
#include "io/async.hpp"
#include "io/task_group.hpp"
#include "transfer/incoming.hpp"
#include "transfer/serial_question.hpp"
#include "transport/transfer_memory.hpp"

namespace rollcall::transport {

/// How long each try over UDP waits; then TCP is tried.
inline constexpr std::array<std::chrono::milliseconds, 2> kSerialWaits{
    std::chrono::milliseconds(1000), std::chrono::milliseconds(2000)};

struct PrimaryLimits {
  Duration serial = std::chrono::seconds(5);  // of the question over TCP, in all
  Duration connect = std::chrono::seconds(10);
  /// For a whole message: a primary that sends an octet a second is cut.
  Duration message = std::chrono::seconds(30);
  /// Of a whole transfer, as in BIND.
  Duration transfer = std::chrono::hours(2);
  /// The least that a transfer brings in each span of time. A line of 64 kbit/s that five transfers
  /// share brings more; a primary that sends a small message now and then does not, and loses its
  /// place.
  Duration span = std::chrono::minutes(1);
  std::uint64_t span_octets = std::uint64_t{64} << 10;
  TransferMemoryLimits memory = {};
};

struct PrimaryContact {
  dns::Name zone;
  Endpoint primary;
  std::optional<dns::TsigKey> key = {};
};

/// What a transfer brought, and how much was read for it.
struct Fetched {
  transfer::Incoming content;
  std::uint64_t messages = 0, octets = 0;
  /// Kept until the content is built.
  std::shared_ptr<TransferMemory::Share> memory = {};
};

/// Calls come from one thread; answers are posted to `replies`.
class PrimaryClient {
 public:
  /// @param sources as for NotifySender: a primary may accept only addresses that it knows
  PrimaryClient(asio::any_io_executor replies, std::vector<IpAddress> sources, std::uint64_t seed,
                PrimaryLimits limits = {});
  /// Ends every exchange and joins the thread.
  ~PrimaryClient();
  PrimaryClient(const PrimaryClient&) = delete;
  PrimaryClient& operator=(const PrimaryClient&) = delete;

  using SerialFound = std::function<void(Result<transfer::SerialAnswer>)>;
  void ask(PrimaryContact contact, SerialFound done);

  using TransferDone = std::function<void(Result<Fetched>)>;
  /// @param serial that we have: the changes since then are asked for; nothing: the whole zone
  void fetch(PrimaryContact contact, std::optional<std::uint32_t> serial, TransferDone done);

 private:
  using Octets = std::vector<std::uint8_t>;
  struct Signed {
    Octets request;
    std::optional<dns::TsigVerifier> verifier;
  };
  static Signed sign(const PrimaryContact& contact, Octets request);
  template <class Socket>
  ErrorCode open(Socket& socket, const Endpoint& primary) const;
  std::uint16_t next_id() { return static_cast<std::uint16_t>(random_.next()); }

  asio::awaitable<Result<transfer::SerialAnswer>> find_serial(PrimaryContact contact);
  asio::awaitable<std::optional<Result<transfer::SerialAnswer>>> ask_by_udp(
      const PrimaryContact& contact);
  asio::awaitable<Result<transfer::SerialAnswer>> ask_by_tcp(const PrimaryContact& contact);
  asio::awaitable<Result<Fetched>> transfer(PrimaryContact contact,
                                            std::optional<std::uint32_t> serial);

  asio::any_io_executor replies_;
  std::vector<IpAddress> sources_;
  Random random_;  // the thread's own
  PrimaryLimits limits_;
  std::shared_ptr<TransferMemory> memory_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  std::jthread thread_;
};

}  // namespace rollcall::transport
