/// Runs probes: from a request to its outcome.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <string>

#include "io/async.hpp"
#include "io/deadline.hpp"
#include "io/task_group.hpp"
#include "probe/certificates.hpp"
#include "probe/connect_probes.hpp"
#include "probe/request.hpp"
#include "probe/state_files.hpp"
#include "probe/unasked_log.hpp"

namespace rollcall::probe {

/// One thread: the control strand.
class Prober {
 public:
  using Done = ConnectProbes::Done;

  /// @param readers must outlive it
  /// @param done called with the outcome, once for each probe and never from within start(); a bad
  /// or degraded outcome has a reason for people
  /// @param file_changed called with the path of a `file` check's file when it has been written
  Prober(const asio::any_io_executor& executor, files::FileReaders& readers, Done done,
         std::function<void(const std::string& file)> file_changed)
      : done_(std::move(done)),
        files_(executor, readers, std::move(file_changed)),
        unasked_(executor),
        connects_(executor,
                  [this](RunId run, health::Outcome outcome) { tell(run, std::move(outcome)); }),
        others_(executor) {}

  /// Runs the check once, within its timeout.
  void start(Request request);

  /// Ends the probes that are under way without calling `done`.
  void cancel();

  /// Sets the contexts of all checks with TLS; contexts of checks that no longer exist stay.
  void trust(TlsContexts contexts) {
    contexts.merge(std::move(contexts_));
    contexts_ = std::move(contexts);
  }

  /// Reads the files of `file` checks again.
  void forget_files() { files_.forget(); }

 private:
  void tell(RunId run, health::Outcome outcome);
  asio::awaitable<void> run(Request request);
  asio::awaitable<health::Outcome> attempt(const Request& request, io::Deadline& deadline);
  asio::awaitable<health::Outcome> probe(const Request& request, io::Deadline& deadline);

  Done done_;
  TlsContexts contexts_;
  StateFiles files_;
  UnaskedLog unasked_;
  ConnectProbes connects_;
  io::TaskGroup others_;  // one coroutine for each probe
  bool cancelled_ = false;
};

}  // namespace rollcall::probe
