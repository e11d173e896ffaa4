/// The end of the time of one probe, or of one conversation with an agent.
///
/// A stream's own timer is set anew with each read, so that a peer that is always ready to be read
/// outruns it. This clock runs beside the streams, and closes what they read from.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/instant.hpp"
#include "io/async.hpp"

namespace rollcall::io {

/// One thread. Outlives the work that it ends.
class Deadline {
 public:
  Deadline(const asio::any_io_executor& executor, Duration limit)
      : limit_(limit), timer_(executor, limit) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  /// What is waited for now. It outlives the deadline: a literal.
  void waits_for(std::string_view step) noexcept { step_ = step; }

  /// As long as it lives, the words of the time-out end in what `pending` says.
  class Pending {
   public:
    Pending(Deadline& deadline, std::function<std::string()> pending) : deadline_(deadline) {
      deadline_.pending_ = std::move(pending);
    }
    ~Pending() { deadline_.pending_ = nullptr; }
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;

   private:
    Deadline& deadline_;
  };

  /// As long as it lives, `close` is called at the end of the time, so that nothing more is read.
  class Closes {
   public:
    Closes(Deadline& deadline, std::function<void()> close) : deadline_(deadline) {
      std::swap(deadline_.close_, close);
      before_ = std::move(close);
    }
    ~Closes() { deadline_.close_ = std::move(before_); }
    Closes(const Closes&) = delete;
    Closes& operator=(const Closes&) = delete;

   private:
    Deadline& deadline_;
    std::function<void()> before_;  // of what was open before, and is not read any more
  };

  /// Waits for the end of the time and closes what is open.
  /// @return "reply: timed out after 3s"
  asio::awaitable<std::string> passed();

 private:
  Duration limit_;
  asio::steady_timer timer_;
  std::string_view step_;
  std::function<std::string()> pending_;
  std::function<void()> close_;
};

/// The value of `work`, or the words of the time-out. When this returns `work` has ended: it was
/// cancelled, and what it read from was closed.
template <class T>
asio::awaitable<std::variant<T, std::string>> before(Deadline& deadline, asio::awaitable<T> work) {
  using namespace asio::experimental::awaitable_operators;
  co_return co_await (std::move(work) || deadline.passed());
}

}  // namespace rollcall::io
