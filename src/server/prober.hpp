/// Probes: one coroutine each, from a roster's StartProbe to its ProbeDone.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <string>

#include "roster/event.hpp"
#include "server/async.hpp"
#include "server/certificates.hpp"
#include "server/program_slots.hpp"
#include "server/state_files.hpp"

namespace rollcall::server {

/// What probes share. One thread: the control strand. Outlives its probes.
class Prober {
 public:
  /// @param file_changed is told of a `file` check's file that was written
  Prober(const asio::any_io_executor& executor,
         std::function<void(const std::string& file)> file_changed)
      : slots_(executor), files_(executor, std::move(file_changed)) {}

  /// Runs the check once, within its timeout. Never throws but for cancellation, and suspends at
  /// least once: no outcome comes while the step that asked for it is still carried out.
  /// @return the outcome, with a reason in words for a bad or degraded one
  asio::awaitable<health::Outcome> probe(roster::StartProbe request);

  /// Files of certificates are read anew.
  void forget_files() { contexts_.forget(); }

 private:
  TlsContexts contexts_;
  ProgramSlots slots_;
  StateFiles files_;
};

}  // namespace rollcall::server
