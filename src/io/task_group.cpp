#include "io/task_group.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <utility>

namespace rollcall::io {

/// Shared with the completion handlers, which may run after the group is gone.
struct TaskGroup::State {
  struct Task {
    asio::cancellation_signal signal;
    bool begun = false;
    bool unwanted = false;  // cancelled before it has begun
    bool ended = false;     // the entry waits to be erased and can no longer be cancelled
  };

  explicit State(asio::any_io_executor with) : executor(std::move(with)), changed(executor) {}

  /// What co_spawn itself awaits before and after a task must not be cancelled: with Boost 1.83
  /// that throws out of the executor. So a task that has not begun is only marked, and nothing
  /// throws for a cancellation once it has ended.
  static asio::awaitable<void> run(asio::awaitable<void> task, Task& place) {
    place.begun = true;
    if (place.unwanted) co_return;
    std::exception_ptr thrown;
    try {
      co_await std::move(task);
    } catch (...) {
      thrown = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    if (thrown) std::rethrow_exception(thrown);
  }

  asio::any_io_executor executor;
  std::list<Task> tasks;
  asio::steady_timer changed;  // cancelled when the last task ends
};

namespace {

void report(const std::exception_ptr& thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) spdlog::error("{}", error.what());
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
  }
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() {
  cancel();
}

void TaskGroup::start(asio::awaitable<void> task) {
  const auto place = state_->tasks.emplace(state_->tasks.end());
  auto ended = [state = state_, place](const std::exception_ptr& thrown) {
    report(thrown);
    // co_spawn posts a cancellation that comes from outside the executor, with a pointer into the
    // signal. The signal stays until what was posted before has run; cancel() posts no more of it.
    place->ended = true;
    asio::post(state->executor, [state, place] {
      state->tasks.erase(place);
      if (state->tasks.empty()) state->changed.cancel();
    });
  };
  asio::co_spawn(state_->executor, State::run(std::move(task), *place),
                 asio::bind_cancellation_slot(place->signal.slot(), std::move(ended)));
}

std::size_t TaskGroup::size() const noexcept {
  return state_->tasks.size();
}

void TaskGroup::cancel() {
  const auto state = state_;
  // A task may end during its own cancellation, and is then erased from the list.
  for (auto at = state->tasks.begin(); at != state->tasks.end();) {
    State::Task& task = *at++;
    if (!task.begun) {
      task.unwanted = true;
    } else if (!task.ended) {
      task.signal.emit(asio::cancellation_type::terminal);
    }
  }
}

asio::awaitable<bool> TaskGroup::join(Duration limit) {
  const auto state = state_;
  if (!state->tasks.empty()) {
    state->changed.expires_after(limit);
    co_await state->changed.async_wait(as_value);
  }
  const bool none_left = state->tasks.empty();
  co_return none_left;
}

}  // namespace rollcall::io
