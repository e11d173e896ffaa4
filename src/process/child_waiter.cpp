#include "process/child_waiter.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <exception>
#include <optional>

namespace rollcall::process {

ChildRun ChildWaiter::run(std::vector<std::string> argv, ChildLimits limits, std::string input) {
  const std::string program = argv.empty() ? std::string() : argv.front();
  const StartError cancelled{"cannot run " + program, ECANCELED};
  if (ended_) return std::unexpected(cancelled);
  context_.restart();
  std::optional<ChildRun> result;
  asio::co_spawn(context_, run_child(std::move(argv), limits, std::move(input)),
                 asio::bind_cancellation_slot(
                     cancel_.slot(), [&](const std::exception_ptr& error, ChildRun ended) {
                       result = error ? ChildRun(std::unexpected(cancelled)) : std::move(ended);
                     }));
  while (!result && context_.run_one() != 0) {
  }
  if (!result || ended_) return std::unexpected(cancelled);
  return std::move(*result);
}

void ChildWaiter::end() noexcept {
  ended_ = true;
  // Where no program runs, the signal has nobody to cancel.
  asio::post(context_, [this] { cancel_.emit(asio::cancellation_type::terminal); });
}

}  // namespace rollcall::process
