/// What survives a restart, in files of state_dir (state_folder.hpp; each file's lines:
/// state/state_text.hpp and state/saved_overrides.cpp; the seal: state/sealed_text.hpp):
///
///   serials    of each zone, the ceiling of what may have been published; kept twice
///   overrides  what operators have said; kept twice
///   restarts   which services were asked to be restarted of late; kept twice
///   transfers  of each zone that is transferred, until when it may be served; kept twice
///   health     of each member; its loss harms no answer for long
///
/// Each is replaced as a whole. Nothing in state_dir can prevent a start: damaged files are set
/// aside, and reported.
///
/// One thread at a time.
#pragma once

#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "pool/saved_state.hpp"
#include "state/state_text.hpp"
#include "store/state_folder.hpp"

namespace rollcall::store {

/// The state that the last run left, and problems to report.
struct LoadedState {
  pool::SavedState state;
  std::vector<std::string> problems;  // a sentence each, for an alert
};

class StateStore {
 public:
  explicit StateStore(StateFolder folder) : folder_(std::move(folder)) {}

  /// The state as of `now`. Writes damaged files again, and drops what has expired.
  LoadedState load(WallTime now);

  /// The data are on disk when these return.
  Result<void> keep_serials(const pool::SavedSerials& changed);
  Result<void> save_health(const pool::SavedHealth& health, WallTime now);
  Result<void> save_overrides(const pool::SavedOverrides& overrides, WallTime now);
  Result<void> save_restarts(const std::vector<pool::SavedRestart>& restarts, WallTime now);
  Result<void> save_transfers(const pool::SavedTransfers& transfers);

 private:
  void load_serials(LoadedState& into);
  void load_overrides(WallTime now, LoadedState& into);
  void load_restarts(WallTime now, LoadedState& into);
  void load_transfers(LoadedState& into);
  void load_health(WallTime now, LoadedState& into);

  StateFolder folder_;
  pool::SavedSerials serials_;  // as on disk
  KeptTwice serials_file_{"serials"};
  KeptTwice overrides_file_{"overrides"};
  KeptTwice restarts_file_{"restarts"};
  KeptTwice transfers_file_{"transfers"};
  std::uint64_t health_number_ = 0;
};

}  // namespace rollcall::store
