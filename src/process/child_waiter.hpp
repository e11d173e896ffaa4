/// Runs a program for a thread that waits for it.
#pragma once

#include <atomic>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "process/child_process.hpp"

namespace rollcall::process {

/// One thread runs; any thread may call end().
class ChildWaiter {
 public:
  /// As run_child(). @return an error with ECANCELED after end()
  ChildRun run(std::vector<std::string> argv, ChildLimits limits, std::string input);

  /// Kills the program that runs, and every later one.
  void end() noexcept;

 private:
  asio::io_context context_{1};
  asio::cancellation_signal cancel_;  // the running thread's own
  std::atomic<bool> ended_ = false;
};

}  // namespace rollcall::process
