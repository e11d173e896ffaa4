#include "api/secondaries_view.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <span>

#include "core/printable.hpp"
#include "core/printable_json.hpp"

namespace rollcall::api {
namespace {

namespace json = boost::json;

std::int64_t whole_ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

json::value serial_or_null(const std::optional<std::uint32_t>& serial) {
  return serial ? json::value(*serial) : json::value(nullptr);
}

json::object object_of(const SecondaryView& view) {
  json::object object{{"zone", view.zone.to_display()},
                      {"address", view.address.to_string()},
                      {"key", view.key},
                      {"view", view.full ? "full" : "live"},
                      {"ours", serial_or_null(view.ours)},
                      {"acknowledged", serial_or_null(view.acknowledged)},
                      {"serves", serial_or_null(view.serves)},
                      {"lag_ms", whole_ms(view.lag.value_or(Duration()))},
                      {"transfer", nullptr},
                      {"error", nullptr},
                      {"error_ms", nullptr}};
  if (!view.transfer.empty()) {
    object["transfer"] = json::object{{"kind", view.transfer},
                                      {"serial", view.transfer_serial},
                                      {"by", view.transfer_by},
                                      {"age_ms", whole_ms(view.transferred)}};
  }
  if (!view.problem.empty()) {
    object["error"] = view.problem;
    object["error_ms"] = whole_ms(view.problem_age);
  }
  return object;
}

// ---- for people ----

std::string string_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return printable(std::string_view(value->get_string()));
}

std::optional<std::int64_t> number_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional(number);
}

/// "2s", "3m", "3h", "2d".
std::string rough(std::int64_t ms) {
  const std::int64_t s = ms / 1000;
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m", s / 60);
  if (s < 86400) return fmt::format("{}h", s / 3600);
  return fmt::format("{}d", s / 86400);
}

std::string serial_in(const json::object& object, std::string_view key) {
  const auto serial = number_in(object, key);
  return serial ? std::to_string(*serial) : "unknown";
}

std::string state_of(const json::object& secondary) {
  const std::int64_t lag = number_in(secondary, "lag_ms").value_or(0);
  const std::string serves = serial_in(secondary, "serves");
  if (lag == 0) return "in step";
  return fmt::format("BEHIND for {}, serves {}", rough(lag),
                     serves == "unknown" ? "an unknown serial" : "serial " + serves);
}

/// That of a secondary with the live view, if the zone has one. The secondaries of a zone are
/// neighbours.
std::optional<std::int64_t> live_serial(std::span<const json::value> from, std::string_view zone) {
  for (const json::value& value : from) {
    if (!value.is_object()) continue;
    const json::object& secondary = value.get_object();
    if (string_in(secondary, "zone") != zone) break;
    if (string_in(secondary, "view") != "full") return number_in(secondary, "ours");
  }
  return std::nullopt;
}

std::string secondary_text(const json::object& secondary) {
  const std::string key = string_in(secondary, "key");
  const bool full = string_in(secondary, "view") == "full";
  std::string text = fmt::format(
      "  {}{}{}  {}\n", string_in(secondary, "address"), key.empty() ? "" : "  key " + key,
      full ? "  full view, serial " + serial_in(secondary, "ours") : "", state_of(secondary));
  if (const auto acknowledged = number_in(secondary, "acknowledged")) {
    text += fmt::format("    NOTIFY acknowledged up to serial {}\n", *acknowledged);
  }
  const json::value* transfer = secondary.if_contains("transfer");
  if (transfer != nullptr && transfer->is_object()) {
    const json::object& last = transfer->get_object();
    const std::string kind = string_in(last, "kind");
    text += fmt::format("    last transfer: {} serial {}, {} ago, by {}\n",
                        kind == "whole"     ? "the whole zone,"
                        : kind == "changes" ? "changes up to"
                                            : "nothing new,",
                        serial_in(last, "serial"), rough(number_in(last, "age_ms").value_or(0)),
                        string_in(last, "by"));
  }
  const std::string error = string_in(secondary, "error");
  if (error.empty()) return text;
  return text + fmt::format("    last error: {}, {} ago\n", error,
                            rough(number_in(secondary, "error_ms").value_or(0)));
}

}  // namespace

std::string secondaries_reply(const std::vector<SecondaryView>& secondaries) {
  json::array shown;
  for (const SecondaryView& secondary : secondaries) shown.push_back(object_of(secondary));
  return printable_json(json::object{{"ok", true}, {"secondaries", std::move(shown)}});
}

std::string secondaries_text(const json::array& secondaries) {
  std::string text;
  std::string zone;
  for (std::size_t i = 0; i < secondaries.size(); ++i) {
    if (!secondaries[i].is_object()) continue;
    const json::object& secondary = secondaries[i].get_object();
    const std::string name = string_in(secondary, "zone");
    if (name != zone || text.empty()) {
      const auto ours = live_serial({secondaries.begin() + i, secondaries.end()}, name);
      text += ours ? fmt::format("{}  serial {}\n", name, *ours) : name + "\n";
    }
    zone = name;
    text += secondary_text(secondary);
  }
  if (text.empty()) return "no secondaries";
  text.pop_back();
  return text;
}

}  // namespace rollcall::api
