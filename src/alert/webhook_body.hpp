/// A batch in the forms that receivers of webhooks expect.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alert/batch.hpp"

namespace rollcall::alert {

enum class HookTemplate : std::uint8_t {
  json,          // batch_json.hpp
  slack,         // incoming webhooks of Slack, Mattermost, Rocket.Chat
  teams,         // Microsoft Teams: an Adaptive Card
  pagerduty,     // Events API v2: an incident for each problem and host
  alertmanager,  // POST /api/v2/alerts: an alert for each problem
  text,          // the operator's own
};

struct HookForm {
  HookTemplate kind = HookTemplate::json;
  std::string text = {};  // of HookTemplate::text, with named fields
  std::string content_type = "application/json";
  std::string routing_key = {};  // of PagerDuty

  bool operator==(const HookForm&) const = default;
};

/// Octets of text that chat programs show; Slack cuts at 40,000, Teams refuses more than 28 KB.
inline constexpr std::size_t kChatTextLimit = 3000;
/// Incidents of one batch; what is left is one more.
inline constexpr std::size_t kPagesOfABatch = 20;
/// How long Alertmanager keeps a problem firing whose end is never told.
inline constexpr Duration kFiringFor = std::chrono::hours(24 * 7);
/// The same of an event, which has no end.
inline constexpr Duration kEventFor = std::chrono::hours(1);

/// The bodies to be posted, in this order. All may be posted again: the receivers know them by
/// their keys.
std::vector<std::string> webhook_bodies(const HookForm& form, const Batch& batch,
                                        const std::string& nameserver);

}  // namespace rollcall::alert
