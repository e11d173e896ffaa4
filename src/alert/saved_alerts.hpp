/// Alerts that wait over a restart, as text: a line of JSON for each, with the lane that owes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alert/alert.hpp"
#include "core/result.hpp"

namespace rollcall::alert {

struct SavedAlerts {
  std::vector<Alert> mail;
  std::vector<Alert> hook;
  std::size_t damaged = 0;  // lines that could not be read
};

std::string format_alerts(const SavedAlerts& alerts);
SavedAlerts parse_alerts(std::string_view text);

}  // namespace rollcall::alert
