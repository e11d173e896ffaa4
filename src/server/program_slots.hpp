/// How many programs of checks run at once; those above the number wait in the order they came.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <cstddef>
#include <memory>

#include "server/async.hpp"

namespace rollcall::server {

/// A plugin costs a process and often an interpreter: a thousand of them at once would take the
/// machine away from the answers.
inline constexpr std::size_t kMaxPrograms = 16;

/// One thread.
class ProgramSlots {
 public:
  explicit ProgramSlots(const asio::any_io_executor& executor, std::size_t limit = kMaxPrograms)
      : taken_(std::make_shared<Channel>(executor, limit)) {}

  using Channel = asio::experimental::channel<void(ErrorCode)>;

  /// Its destructor gives the slot to the next who waits. It may outlive the slots.
  class Slot {
   public:
    explicit Slot(const ProgramSlots& slots) : taken_(slots.taken_) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() {
      if (const auto taken = taken_.lock()) taken->try_receive([](ErrorCode) {});
    }

   private:
    std::weak_ptr<Channel> taken_;
  };

  /// Waits until one is free. After an error (a cancellation) there is none to give back.
  asio::awaitable<ErrorCode> take() {
    const auto [error] = co_await taken_->async_send(ErrorCode(), as_value);
    co_return error;
  }

 private:
  std::shared_ptr<Channel> taken_;  // holds a message for each that is taken
};

}  // namespace rollcall::server
