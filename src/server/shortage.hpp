/// What our own host cannot give: a probe that failed for want of it has found out nothing of its
/// member.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <string>

#include "core/instant.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// True for what socket(), connect(), pipe(), spawn() and the like say when descriptors, memory or
/// processes have run out.
bool is_shortage(int error) noexcept;
bool is_shortage(const ErrorCode& error) noexcept;

/// Tells the log of shortages, once a minute at most. One thread.
class ShortageLog {
 public:
  explicit ShortageLog(const asio::any_io_executor& executor) : timer_(executor) {}

  /// A probe was left without an outcome, because of `why`.
  void note(const std::string& why);

 private:
  void tell_soon();

  asio::steady_timer timer_;
  std::string why_;        // of the last one
  std::size_t count_ = 0;  // since the last line
  bool waiting_ = false;   // a line comes, or one was written less than a minute ago
};

}  // namespace rollcall::server
