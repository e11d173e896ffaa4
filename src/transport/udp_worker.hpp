/// One thread, one UDP socket: recvmmsg, answer in place, sendmmsg.
///
/// The thread allocates, locks and logs nothing between receive and send, but for the IXFR of a
/// client that may transfer the zone. It looks for a newer
/// catalog once a batch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "answer/responder.hpp"
#include "answer/update_door.hpp"
#include "core/lasting_failure.hpp"
#include "core/published.hpp"
#include "io/descriptor.hpp"
#include "zone/catalog.hpp"

namespace rollcall::transport {

class UdpWorker {
 public:
  /// Takes over a bound socket (listen_socket.hpp).
  /// @param find_changes for IXFR, on the worker's thread; may be empty
  /// @param cpu the CPU that the thread runs on; nothing: any
  /// @param failed is called, on the worker's thread, when the socket has given nothing but errors
  ///        for kFailureGivenUp; the thread ends then
  /// @param updates takes dynamic updates, and must outlive the worker; null: they are NOTIMP
  UdpWorker(io::Descriptor socket, const Published<zone::Catalog>& catalog,
            const answer::Responder& responder, answer::FindChanges find_changes,
            std::uint64_t seed, std::optional<unsigned> cpu,
            std::function<void(std::string)> failed = {}, answer::UpdateSink* updates = nullptr);
  /// Stops the thread, which first answers the queries that have arrived, and joins it: within
  /// kUdpWakeInterval.
  ~UdpWorker() = default;
  /// Requests the stop without waiting for it.
  void stop_soon() { thread_.request_stop(); }

 private:
  void run(const std::stop_token& stop);
  bool goes_on(int failure, LastingFailure& failing) const;

  io::Descriptor socket_;
  const Published<zone::Catalog>& catalog_;
  const answer::Responder& responder_;
  const answer::FindChanges find_changes_;
  answer::UpdateSink* updates_;
  std::uint64_t seed_;
  std::optional<unsigned> cpu_;
  std::function<void(std::string)> failed_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace rollcall::transport
