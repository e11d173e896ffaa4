#include "alert/batch_json.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "alert/batch_text.hpp"
#include "core/printable_json.hpp"

namespace rollcall::alert {
namespace {

namespace json = boost::json;

json::object notice_object(const Told& told) {
  json::object object{{"kind", told.kind},
                      {"status", status_of(told)},
                      {"level", pool::to_string(told.level)},
                      {"subject", told.line},
                      {"detail", told.detail},
                      {"next", told.next},
                      {"command", told.command},
                      {"time", format_wall_time(told.at)},
                      {"first", format_wall_time(told.first)},
                      {"changes", told.times}};
  if (told.lasted) {
    object["lasted_ms"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(*told.lasted).count();
  }
  const json::value fields = json::parse(told.object);
  if (const json::object* all = fields.if_object()) {
    for (const auto& field : *all) object.insert(field);
  }
  return object;
}

}  // namespace

std::string json_of(const Batch& batch, const std::string& nameserver) {
  pool::NoticeLevel level = pool::NoticeLevel::info;
  json::array notices;
  Counts more = batch.more;
  for (const Told& told : batch.told) {
    level = std::max(level, told.level);
    if (notices.size() < kNoticesInJson) {
      notices.push_back(notice_object(told));
    } else {
      more[told.kind] += told.times;
    }
  }
  json::object counts;
  for (const auto& [kind, count] : more) counts[kind] = count;
  json::object object{{"id", batch.id},
                      {"nameserver", nameserver},
                      {"time", format_wall_time(batch.at)},
                      {"level", pool::to_string(level)},
                      {"subject", subject_of(batch, nameserver)},
                      {"text", body_of(batch, nameserver)},
                      {"count", count_of(batch)},
                      {"reminder", batch.reminder},
                      {"summary", batch.summary},
                      {"notices", std::move(notices)},
                      {"more", std::move(counts)}};
  if (batch.missed.count != 0) {
    object["missed"] = json::object{{"count", batch.missed.count},
                                    {"from", format_wall_time(batch.missed.from)},
                                    {"to", format_wall_time(batch.missed.to)},
                                    {"subjects", json::value_from(batch.missed.lines)}};
  }
  return printable_json(std::move(object));
}

}  // namespace rollcall::alert
