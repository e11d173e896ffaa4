/// The deadline of one probe, or of one conversation with an agent.
///
/// A stream's own timer starts again with each read, so a peer that keeps sending would never reach
/// its end. This timer runs beside the streams, and closes their sockets.
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

/// One thread. It must outlive the work that it ends.
class Deadline {
 public:
  Deadline(const asio::any_io_executor& executor, Duration limit)
      : limit_(limit), timer_(executor, limit) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  /// The step that is under way now. The text must outlive the deadline: a literal.
  void waits_for(std::string_view step) noexcept { step_ = step; }

  /// While this object lives, the time-out's message ends in what `pending` returns.
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

  /// While this object lives, the deadline calls `close`, so that nothing more is read.
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
    std::function<void()> before_;  // closes what was open before and is no longer read
  };

  /// Waits for the deadline and closes what is open.
  /// @return "reply: timed out after 3s"
  asio::awaitable<std::string> passed();

 private:
  Duration limit_;
  asio::steady_timer timer_;
  std::string_view step_;
  std::function<std::string()> pending_;
  std::function<void()> close_;
};

/// The value of `work`, or the time-out's message. When this returns, `work` has ended: at the
/// deadline its sockets are closed and it is cancelled.
template <class T>
asio::awaitable<std::variant<T, std::string>> before(Deadline& deadline, asio::awaitable<T> work) {
  using namespace asio::experimental::awaitable_operators;
  co_return co_await (std::move(work) || deadline.passed());
}

}  // namespace rollcall::io
