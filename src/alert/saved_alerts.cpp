#include "alert/saved_alerts.hpp"

#include <boost/json.hpp>

#include "core/printable_json.hpp"

namespace rollcall::alert {
namespace {

namespace json = boost::json;

constexpr std::string_view kMail = "mail";
constexpr std::string_view kHook = "webhook";
constexpr std::int64_t kLatest = 9'000'000'000'000;  // ms, the year 2255: differences fit

void add_line(std::string& text, std::string_view lane, const Alert& alert) {
  text += printable_json(json::object{{"lane", lane},
                                      {"at", alert.at.time_since_epoch().count()},
                                      {"id", alert.id},
                                      {"important", alert.important},
                                      {"subject", alert.subject},
                                      {"body", alert.body},
                                      {"json", alert.json}});
  text += '\n';
}

/// Throws where the line is no alert.
void take_line(std::string_view line, SavedAlerts& alerts) {
  const json::value parsed = json::parse(line);
  const json::object& saved = parsed.as_object();
  const auto text = [&](const char* key) { return std::string(saved.at(key).as_string()); };
  const std::int64_t at = saved.at("at").as_int64();
  if (at < 0 || at > kLatest) throw std::out_of_range("at");
  Alert alert{.subject = text("subject"),
              .body = text("body"),
              .json = text("json"),
              .important = saved.at("important").as_bool(),
              .at = WallTime(std::chrono::milliseconds(at)),
              .id = text("id")};
  const std::string lane = text("lane");
  if (lane != kMail && lane != kHook) throw std::invalid_argument(lane);
  (lane == kMail ? alerts.mail : alerts.hook).push_back(std::move(alert));
}

}  // namespace

std::string format_alerts(const SavedAlerts& alerts) {
  std::string text;
  for (const Alert& alert : alerts.mail) add_line(text, kMail, alert);
  for (const Alert& alert : alerts.hook) add_line(text, kHook, alert);
  return text;
}

SavedAlerts parse_alerts(std::string_view text) {
  SavedAlerts alerts;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    try {
      take_line(line, alerts);
    } catch (const std::exception&) {
      ++alerts.damaged;
    }
  }
  return alerts;
}

}  // namespace rollcall::alert
