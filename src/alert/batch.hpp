/// What one message tells: notices that came together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alert/told.hpp"
#include "core/instant.hpp"

namespace rollcall::alert {

/// Notices that could not be delivered.
struct Missed {
  std::size_t count = 0;
  WallTime from{};
  WallTime to{};
  std::vector<std::string> lines;  // the first ones
  bool urgent = false;             // worth a message of its own; else it goes with the next one

  bool operator==(const Missed&) const = default;
};
inline constexpr std::size_t kMissedLines = 20;

/// Kind -> how many notices of it were only counted, for there were too many.
using Counts = std::map<std::string, std::size_t>;

struct Batch {
  std::string id;    // for ever unique: a message that arrives twice has it twice
  WallTime at{};     // of the message
  Duration tried{};  // how long it could not be delivered
  std::vector<Told> told;
  Counts more;
  bool reminder = false;  // nothing new: what is still open
  bool summary = false;   // held back by the limit of messages an hour
  Missed missed;

  bool operator==(const Batch&) const = default;
};

/// How many notices it stands for.
std::size_t count_of(const Batch& batch);
/// Adds what the batch stands for, its own `missed` too.
void add_missed(Missed& missed, const Batch& batch, bool urgent);

/// A problem that has begun and not ended.
struct OpenProblem {
  Told told;
  WallTime since{};

  bool operator==(const OpenProblem&) const = default;
};

/// What a channel remembers of what it has told, by the calendar, so that it outlives a run.
struct History {
  std::vector<WallTime> sent;  // messages of the last hour, the oldest first
  std::vector<OpenProblem> open;

  bool empty() const noexcept { return sent.empty() && open.empty(); }
  bool operator==(const History&) const = default;
};

}  // namespace rollcall::alert
