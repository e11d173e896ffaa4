/// Alerts that wait over a restart, and what each channel has told, as text: a line of JSON for
/// each notice and open problem, and for each batch, count and list of times of a channel.
///
/// Lines of the first format, in which a line was a finished message, are read too.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/batch.hpp"

namespace rollcall::alert {

/// What waits for one channel.
struct SavedLane {
  std::optional<Batch> front;  // is being sent, perhaps has arrived
  std::vector<Told> pending;
  Counts more;
  Missed missed;
  History history;

  bool waits() const noexcept {
    return front || !pending.empty() || !more.empty() || missed.count != 0;
  }
  bool empty() const noexcept { return !waits() && history.empty(); }
  bool operator==(const SavedLane&) const = default;
};

struct SavedAlerts {
  std::map<std::string, SavedLane, std::less<>> lanes;  // by the channel's name
  WallTime at{};                                        // when they were saved
  std::size_t damaged = 0;                              // lines that could not be read
};

/// Channels without anything leave no line.
std::string format_alerts(const SavedAlerts& alerts);
SavedAlerts parse_alerts(std::string_view text);

}  // namespace rollcall::alert
