/// Alerts that wait over a restart, as text: a line of JSON for each notice, and for each batch and
/// count of a channel.
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

  bool empty() const noexcept {
    return !front && pending.empty() && more.empty() && missed.count == 0;
  }
  bool operator==(const SavedLane&) const = default;
};

struct SavedAlerts {
  std::map<std::string, SavedLane, std::less<>> lanes;  // by the channel's name
  std::size_t damaged = 0;                              // lines that could not be read
};

/// Channels without anything leave no line.
std::string format_alerts(const SavedAlerts& alerts);
SavedAlerts parse_alerts(std::string_view text);

}  // namespace rollcall::alert
