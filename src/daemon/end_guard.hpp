/// Ends the process in time, whatever hangs: a thread of its own waits for SIGTERM and SIGINT, and
/// exits if the orderly stop takes too long.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <thread>

#include "core/instant.hpp"
#include "io/async.hpp"

namespace rollcall::daemon {

/// Shorter than service managers and operators wait; kLogFlushLimit of it is for the log.
inline constexpr Duration kEndLimit = std::chrono::milliseconds(1600);

class EndGuard {
 public:
  EndGuard();
  /// The orderly stop was fast enough.
  ~EndGuard();
  EndGuard(const EndGuard&) = delete;
  EndGuard& operator=(const EndGuard&) = delete;

 private:
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGTERM, SIGINT};
  asio::steady_timer limit_{context_};
  std::thread thread_;
};

}  // namespace rollcall::daemon
