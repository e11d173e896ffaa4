/// Writes state_dir on a thread of its own: nobody waits for the disk but who asks for it.
///
/// What is to be written gathers while the disk is busy: the serials of many zones are one write,
/// and of the other files the newest text counts. What fails is tried again until it succeeds.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/async.hpp"
#include "store/state_store.hpp"

namespace rollcall::store {

/// How soon a disk that was full is tried again.
inline constexpr std::chrono::seconds kWriteRetry{1};
/// How long the end of the server waits for the disk.
inline constexpr std::chrono::milliseconds kFinishLimit{1000};

/// The outcome of one go.
struct WrittenState {
  std::uint64_t ticket = 0;                     // all that was asked for up to this one is in it
  std::map<std::string, std::string> problems;  // by file: why it was not written; empty: it was
  pool::SavedSerials serials;                   // that are on disk now
};

/// Control thread only.
class StateWriter {
 public:
  /// @param report runs on `replies`, after each go
  StateWriter(StateStore store, asio::any_io_executor replies,
              std::function<void(WrittenState)> report);
  /// Writes what is left, and waits kFinishLimit at the most: a disk that hangs keeps its thread.
  ~StateWriter();
  StateWriter(const StateWriter&) = delete;
  StateWriter& operator=(const StateWriter&) = delete;

  // Each returns its ticket.
  std::uint64_t keep_serial(const dns::Name& origin, pool::SavedSerial serial);
  std::uint64_t save_health(pool::SavedHealth health, WallTime now);
  std::uint64_t save_overrides(pool::SavedOverrides overrides, WallTime now);
  std::uint64_t save_restarts(std::vector<pool::SavedRestart> restarts, WallTime now);

  std::uint64_t last_ticket() const;

 private:
  struct Shared;
  using Write = std::function<Result<void>(StateStore&)>;
  std::uint64_t add(const std::string& file, Write write);

  std::shared_ptr<Shared> shared_;  // with the thread
};

}  // namespace rollcall::store
