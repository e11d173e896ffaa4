/// Writes state_dir on a thread of its own, so that other threads need not wait for the disk.
///
/// Requests gather while the disk is busy: the serials of many zones make one write, and of each
/// other file only the newest text is written. A failed write is tried again until it succeeds.
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

/// The pause before a failed write is tried again.
inline constexpr std::chrono::seconds kWriteRetry{1};
/// How long the server waits for the disk at its end.
inline constexpr std::chrono::milliseconds kFinishLimit{1000};

/// The result of one round of writes.
struct WrittenState {
  std::uint64_t ticket = 0;                     // the last request that this round includes
  std::map<std::string, std::string> problems;  // by file: why it was not written; empty if it was
  pool::SavedSerials serials;                   // the serials that are on disk now
};

/// Control thread only.
class StateWriter {
 public:
  /// @param report runs on `replies`, after each round
  StateWriter(StateStore store, asio::any_io_executor replies,
              std::function<void(WrittenState)> report);
  /// Writes what is left, waiting at most kFinishLimit: if the disk hangs, the thread is left
  /// behind.
  ~StateWriter();
  StateWriter(const StateWriter&) = delete;
  StateWriter& operator=(const StateWriter&) = delete;

  // Each returns its ticket.
  std::uint64_t keep_serial(const dns::Name& origin, pool::SavedSerial serial);
  std::uint64_t save_health(pool::SavedHealth health, WallTime now);
  std::uint64_t save_overrides(pool::SavedOverrides overrides, WallTime now);
  std::uint64_t save_restarts(std::vector<pool::SavedRestart> restarts, WallTime now);

  std::uint64_t save_transfers(pool::SavedTransfers transfers);

  std::uint64_t last_ticket() const;
  /// Somebody waits for what has been requested: the next write begins without a pause.
  void hurry();

 private:
  struct Shared;
  using Write = std::function<Result<void>(StateStore&)>;
  std::uint64_t add(const std::string& file, Write write);

  std::shared_ptr<Shared> shared_;  // with the thread
};

}  // namespace rollcall::store
