/// A group of coroutines whose owner can cancel and join them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>

#include "core/instant.hpp"
#include "io/async.hpp"

namespace rollcall::io {

/// All calls come from the executor's one thread (or strand). The owner joins the group before it
/// destroys what its tasks refer to; the destructor only cancels.
class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Runs `task` until it ends or is cancelled. Exceptions are logged, except for a cancellation.
  void start(asio::awaitable<void> task);

  std::size_t size() const noexcept;

  /// Asks every task to end: its current await fails with operation_aborted.
  void cancel();

  /// Waits until no task is left, or until `limit` has passed.
  /// @return true where none is left
  asio::awaitable<bool> join(Duration limit);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace rollcall::io
