/// Probes: one coroutine each, from a roster's StartProbe to its ProbeDone.
#pragma once

#include "roster/event.hpp"
#include "server/async.hpp"
#include "server/certificates.hpp"

namespace rollcall::server {

/// What probes share. One thread: the control strand. Outlives its probes.
class Prober {
 public:
  /// Runs the check once, within its timeout. Never throws but for cancellation.
  /// @return the outcome, with a reason in words for a bad or degraded one
  asio::awaitable<health::Outcome> probe(roster::StartProbe request);

  /// Files that checks name are read anew.
  void forget_files() { contexts_.forget(); }

 private:
  TlsContexts contexts_;
};

}  // namespace rollcall::server
