/// Probes that only connect: most of those of a large installation, thousands a second. All of them
/// share one epoll, which is one descriptor for the strand, and one timer.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/instant.hpp"
#include "io/async.hpp"
#include "io/descriptor.hpp"
#include "probe/request.hpp"

namespace rollcall::probe {

/// One thread: the control strand.
class ConnectProbes {
 public:
  using Done = std::function<void(RunId, health::Outcome)>;

  /// @param done is called once for each probe, never from within start(), and may start others
  ConnectProbes(const asio::any_io_executor& executor, Done done);

  /// Whether this check only connects: TCP without dialogue and without TLS.
  static bool is_for(const health::CheckSpec& check);

  void start(const Request& request);

  /// Drops the probes that are under way without calling `done`.
  void cancel();

 private:
  using Slot = std::uint32_t;
  struct Open {
    io::Descriptor socket;  // invalid: the slot is free
    RunId run;
    Duration timeout{};
    Instant end;
  };
  struct Ended {
    RunId run;
    health::Outcome outcome;
  };

  Slot free_slot();
  void end(Slot slot, health::Outcome outcome);
  void await_ready();
  void take_ready();
  void await_end(Instant at);
  void end_overdue();
  void tell();

  Done done_;
  asio::posix::stream_descriptor ready_;  // the epoll: readable while a socket of it is ready
  asio::steady_timer timer_;
  Instant next_end_ = Instant::max();  // when the timer expires
  std::vector<Open> open_;
  std::vector<Slot> free_;
  std::vector<Ended> ended_;    // waiting for `done`
  std::vector<Ended> telling_;  // used within tell() alone; kept for its memory
  bool telling_soon_ = false;
};

}  // namespace rollcall::probe
