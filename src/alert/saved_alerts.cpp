#include "alert/saved_alerts.hpp"

#include <boost/json.hpp>

#include "core/printable.hpp"
#include "core/printable_json.hpp"

namespace rollcall::alert {
namespace {

namespace json = boost::json;

constexpr std::int64_t kLatestSaved = 9'000'000'000'000;  // ms, the year 2255: differences fit
constexpr std::size_t kLongestName = 32;                  // of a channel
constexpr std::size_t kMostSent = 10'000;  // an hour's messages: many more than any limit

void add_line(std::string& text, std::string_view lane, json::object object) {
  object["lane"] = lane;
  text += printable_json(std::move(object)) + '\n';
}

json::object object_of(const Counts& counts) {
  json::object object;
  for (const auto& [kind, count] : counts) object[kind] = count;
  return object;
}

json::object object_of(const Missed& missed) {
  return {{"count", missed.count},
          {"from", missed.from.time_since_epoch().count()},
          {"to", missed.to.time_since_epoch().count()},
          {"lines", json::value_from(missed.lines)},
          {"urgent", missed.urgent}};
}

std::int64_t number(const json::value& value) {
  const std::int64_t read = value.to_number<std::int64_t>();
  if (read < 0 || read > kLatestSaved) throw std::out_of_range("number");
  return read;
}

WallTime wall_time(const json::value& value) {
  return WallTime(std::chrono::milliseconds(number(value)));
}

Counts counts_of(const json::value& value) {
  Counts counts;
  for (const auto& pair : value.as_object()) {
    counts[printable(pair.key())] = static_cast<std::size_t>(number(pair.value()));
  }
  return counts;
}

Missed missed_of(const json::value& value) {
  const json::object& object = value.as_object();
  Missed missed{.count = static_cast<std::size_t>(number(object.at("count"))),
                .from = wall_time(object.at("from")),
                .to = wall_time(object.at("to")),
                .urgent = object.at("urgent").as_bool()};
  for (const json::value& line : object.at("lines").as_array()) {
    if (missed.lines.size() == kMissedLines) break;
    missed.lines.push_back(printable(std::string(line.as_string())));
  }
  return missed;
}

Batch batch_of(const json::object& object) {
  return {.id = printable(std::string(object.at("id").as_string())),
          .at = wall_time(object.at("at")),
          .tried = std::chrono::milliseconds(number(object.at("tried_ms"))),
          .more = counts_of(object.at("more")),
          .reminder = object.at("reminder").as_bool(),
          .summary = object.at("summary").as_bool(),
          .missed = missed_of(object.at("missed"))};
}

/// A line of the first format: a finished message. Throws where it is none.
Told finished_message(const json::object& saved) {
  const auto text = [&](std::string_view key, std::size_t limit) {
    return printable_block(shortened(std::string(saved.at(key).as_string()), limit));
  };
  const auto level =
      saved.at("important").as_bool() ? pool::NoticeLevel::critical : pool::NoticeLevel::warning;
  Told told{.kind = "alert",
            .level = level,
            .course = pool::Course::happens,
            .problem = "alert",
            .severity = pool::to_string(level),
            .many = "told",
            .line = printable(shortened(std::string(saved.at("subject").as_string()), kLineLimit)),
            .detail = text("body", kDetailLimit),
            .object = "{}",
            .first = wall_time(saved.at("at")),
            .at = wall_time(saved.at("at"))};
  return told;
}

std::vector<WallTime> sent_of(const json::value& value) {
  std::vector<WallTime> sent;
  for (const json::value& at : value.as_array()) {
    if (sent.size() < kMostSent) sent.push_back(wall_time(at));
  }
  return sent;
}

/// Throws where the line is no part of what waits.
void take_line(std::string_view line, SavedAlerts& alerts) {
  const json::value parsed = json::parse({line.data(), line.size()});
  const json::object& object = parsed.as_object();
  if (const json::value* at = object.if_contains("saved_at")) {
    alerts.at = wall_time(*at);
    return;
  }
  const std::string name = printable(std::string(object.at("lane").as_string()));
  if (name.empty() || name.size() > kLongestName) throw std::invalid_argument(name);
  SavedLane lane = std::move(alerts.lanes[name]);
  try {
    if (const json::value* front = object.if_contains("front")) {
      lane.front = batch_of(front->as_object());
    } else if (const json::value* told = object.if_contains("told")) {
      Result<Told> read = told_from(told->as_object());
      if (!read) throw std::invalid_argument(read.error().message);
      const bool in_front = object.at("in_front").as_bool();
      if (in_front && !lane.front) throw std::invalid_argument("in_front");
      (in_front ? lane.front->told : lane.pending).push_back(std::move(*read));
    } else if (const json::value* sent = object.if_contains("sent")) {
      lane.history.sent = sent_of(*sent);
    } else if (const json::value* open = object.if_contains("open")) {
      Result<Told> read = told_from(open->as_object());
      if (!read) throw std::invalid_argument(read.error().message);
      lane.history.open.push_back({std::move(*read), wall_time(object.at("since"))});
    } else if (object.contains("important")) {
      lane.pending.push_back(finished_message(object));
    } else {
      Counts more = counts_of(object.at("more"));
      lane.missed = missed_of(object.at("missed"));
      lane.more = std::move(more);
    }
  } catch (...) {
    alerts.lanes[name] = std::move(lane);
    throw;
  }
  alerts.lanes[name] = std::move(lane);
}

void add_history(std::string& text, const std::string& name, const History& history) {
  if (!history.sent.empty()) {
    json::array sent;
    for (const WallTime at : history.sent) sent.emplace_back(at.time_since_epoch().count());
    add_line(text, name, {{"sent", std::move(sent)}});
  }
  for (const OpenProblem& open : history.open) {
    add_line(text, name,
             {{"open", to_object(open.told)}, {"since", open.since.time_since_epoch().count()}});
  }
}

}  // namespace

std::string format_alerts(const SavedAlerts& alerts) {
  std::string text;
  for (const auto& [name, lane] : alerts.lanes) {
    add_history(text, name, lane.history);
    const auto add_told = [&](const Told& told, bool in_front) {
      add_line(text, name, {{"told", to_object(told)}, {"in_front", in_front}});
    };
    if (lane.front) {
      const Batch& front = *lane.front;
      add_line(text, name,
               {{"front",
                 json::object{
                     {"id", front.id},
                     {"at", front.at.time_since_epoch().count()},
                     {"tried_ms",
                      std::chrono::duration_cast<std::chrono::milliseconds>(front.tried).count()},
                     {"more", object_of(front.more)},
                     {"reminder", front.reminder},
                     {"summary", front.summary},
                     {"missed", object_of(front.missed)}}}});
      for (const Told& told : front.told) add_told(told, true);
    }
    for (const Told& told : lane.pending) add_told(told, false);
    if (lane.more.empty() && lane.missed.count == 0) continue;
    add_line(text, name, {{"more", object_of(lane.more)}, {"missed", object_of(lane.missed)}});
  }
  if (text.empty()) return text;
  return printable_json(json::object{{"saved_at", alerts.at.time_since_epoch().count()}}) + '\n' +
         text;
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
