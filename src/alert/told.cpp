#include "alert/told.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <variant>

#include "core/printable.hpp"
#include "core/printable_json.hpp"
#include "pool/notice_advice.hpp"

namespace rollcall::alert {
namespace {

namespace json = boost::json;

constexpr std::int64_t kLatest = 9'000'000'000'000;  // ms, the year 2255: differences fit

std::string field_object(const pool::Notice& notice) {
  json::object object;
  if (!notice.name.is_root()) object["name"] = notice.name.to_display();
  if (notice.member) object["member"] = notice.member->to_string();
  if (!notice.exchange.empty()) object["exchange"] = notice.exchange;
  if (!notice.reason.empty()) object["reason"] = shortened(notice.reason, kDetailLimit);
  if (!notice.actor.empty()) object["actor"] = notice.actor;
  for (const auto& [key, value] : pool::fields_of(notice)) {
    std::visit([&](const auto& its) { object[key] = its; }, value);
  }
  return printable_json(std::move(object));
}

std::string noun_of(const pool::Notice& notice) {
  if (notice.name.is_root()) return {};
  const bool zone = std::holds_alternative<pool::ZoneFacts>(notice.facts) ||
                    std::holds_alternative<pool::SecondaryFacts>(notice.facts);
  return zone ? "zone" : "pool";
}

std::string first_line(std::string_view text) {
  return printable(shortened(text.substr(0, text.find('\n')), kLineLimit));
}

WallTime time_at(const json::object& object, std::string_view key) {
  const std::int64_t ms = object.at(key).as_int64();
  if (ms < 0 || ms > kLatest) throw std::out_of_range("time");
  return WallTime(std::chrono::milliseconds(ms));
}

std::int64_t least(std::int64_t number, std::int64_t lowest, std::int64_t highest) {
  if (number < lowest || number > highest) throw std::out_of_range("number");
  return number;
}

/// Throws where the object is no notice.
Told read_told(const json::object& object) {
  const auto text = [&](std::string_view key) {
    return printable_block(std::string(object.at(key).as_string()));
  };
  const auto number = [&](std::string_view key, std::int64_t highest) {
    return least(object.at(key).as_int64(), 0, highest);
  };
  Told told{.kind = text("kind"),
            .level = static_cast<pool::NoticeLevel>(number("level", 3)),
            .course = static_cast<pool::Course>(number("course", 2)),
            .problem = text("problem"),
            .severity = text("severity"),
            .many = text("many"),
            .noun = text("noun"),
            .name = text("name"),
            .host = text("host"),
            .reason = text("reason"),
            .line = text("line"),
            .detail = text("detail"),
            .next = text("next"),
            .command = text("command"),
            .object = text("object"),
            .first = time_at(object, "first"),
            .at = time_at(object, "at"),
            .times = static_cast<std::size_t>(number("times", kLatest)),
            .still_open = object.at("still_open").as_bool()};
  if (!json::parse(told.object).is_object()) throw std::invalid_argument("object");
  if (const json::value* lasted = object.if_contains("lasted_ms")) {
    told.lasted = std::chrono::milliseconds(least(lasted->as_int64(), 0, kLatest));
  }
  return told;
}

}  // namespace

std::string shortened(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t size = limit < 3 ? 0 : limit - 3;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80) --size;
  return std::string(text.substr(0, size)) + "...";
}

std::string date_and_time(WallTime time) {
  std::string text = format_wall_time(time).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

Told told_of(const pool::Notice& notice, WallTime now) {
  const pool::NoticeTraits traits = pool::traits_of(notice.kind);
  const bool event = traits.course == pool::Course::happens;
  return {.kind = traits.word,
          .level = traits.level,
          .course = traits.course,
          .problem = pool::to_string(traits.problem),
          .severity = pool::to_string(event ? traits.level : pool::traits_of(traits.problem).level),
          .many = traits.many,
          .noun = noun_of(notice),
          .name = notice.name.is_root() ? "" : notice.name.to_display(),
          .host = notice.member ? notice.member->to_string() : printable(notice.exchange),
          .reason = first_line(notice.reason),
          .line = first_line(pool::subject_of(notice)),
          .detail = printable_block(shortened(pool::detail_of(notice), kDetailLimit)),
          .next = printable(pool::next_of(notice)),
          .command = printable(pool::command_of(notice)),
          .object = field_object(notice),
          .first = now,
          .at = now};
}

std::string key_of(const Told& told) {
  // What came of a request stands for the request, too.
  constexpr std::array<std::string_view, 3> kRestart{"restart_asked", "restart_done",
                                                     "restart_failed"};
  if (std::ranges::find(kRestart, told.kind) != kRestart.end()) {
    return fmt::format("restart|{}|{}", told.name, told.host);
  }
  const bool event = told.course == pool::Course::happens;
  return fmt::format("{}|{}|{}|{}", event ? told.kind : told.problem, told.name, told.host,
                     event ? told.line : "");
}

std::string group_of(const Told& told) {
  return fmt::format("{}/{}", told.problem, told.host.empty() ? told.name : told.host);
}

std::string_view status_of(const Told& told) {
  switch (told.course) {
    case pool::Course::begins:
      return "firing";
    case pool::Course::ends:
      return "resolved";
    case pool::Course::happens:
      break;
  }
  return "event";
}

json::object to_object(const Told& told) {
  json::object object{{"kind", told.kind},
                      {"level", static_cast<std::int64_t>(told.level)},
                      {"course", static_cast<std::int64_t>(told.course)},
                      {"problem", told.problem},
                      {"severity", told.severity},
                      {"many", told.many},
                      {"noun", told.noun},
                      {"name", told.name},
                      {"host", told.host},
                      {"reason", told.reason},
                      {"line", told.line},
                      {"detail", told.detail},
                      {"next", told.next},
                      {"command", told.command},
                      {"object", told.object},
                      {"first", told.first.time_since_epoch().count()},
                      {"at", told.at.time_since_epoch().count()},
                      {"times", static_cast<std::int64_t>(told.times)},
                      {"still_open", told.still_open}};
  if (told.lasted) {
    object["lasted_ms"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(*told.lasted).count();
  }
  return object;
}

Result<Told> told_from(const json::object& object) {
  try {
    return read_told(object);
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

}  // namespace rollcall::alert
