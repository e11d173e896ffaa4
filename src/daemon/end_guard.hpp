/// The end comes in time whatever hangs: a thread of its own sees SIGTERM and SIGINT, and ends the
/// process where its orderly end takes too long.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <thread>

#include "core/instant.hpp"
#include "io/async.hpp"

namespace rollcall::daemon {

/// Less than service managers and operators wait for; the log has kLogFlushLimit of it.
inline constexpr Duration kEndLimit = std::chrono::milliseconds(1600);

class EndGuard {
 public:
  EndGuard();
  /// The end has come by itself.
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
