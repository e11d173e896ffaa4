/// Logs the probes that our own host could not make.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <string>

#include "core/instant.hpp"
#include "io/async.hpp"

namespace rollcall::probe {

/// One line a minute at most. One thread.
class UnaskedLog {
 public:
  explicit UnaskedLog(const asio::any_io_executor& executor) : timer_(executor) {}

  /// Notes that a probe has no outcome, because of `why`.
  void note(const std::string& why);

 private:
  void tell_soon();

  asio::steady_timer timer_;
  std::string why_;        // of the last one
  std::size_t count_ = 0;  // since the last line
  bool waiting_ = false;   // a line is due, or one was written less than a minute ago
};

}  // namespace rollcall::probe
