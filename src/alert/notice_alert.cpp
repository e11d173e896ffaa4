#include "alert/notice_alert.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <variant>

#include "core/printable_json.hpp"

namespace rollcall::alert {
namespace {

std::string json_of(const pool::Notice& notice, const std::string& nameserver, WallTime now) {
  boost::json::object object{{"nameserver", nameserver},
                             {"kind", pool::to_string(notice.kind)},
                             {"subject", pool::subject_of(notice)},
                             {"detail", pool::detail_of(notice)},
                             {"name", notice.name.to_display()},
                             {"time", format_wall_time(now)}};
  if (notice.member) object["member"] = notice.member->to_string();
  if (!notice.exchange.empty()) object["exchange"] = notice.exchange;
  if (!notice.reason.empty()) object["reason"] = notice.reason;
  if (!notice.actor.empty()) object["actor"] = notice.actor;
  for (const auto& [key, value] : pool::fields_of(notice)) {
    std::visit([&](const auto& its) { object[key] = its; }, value);
  }
  return printable_json(std::move(object));
}

}  // namespace

Alert alert_of(const pool::Notice& notice, const std::string& nameserver, WallTime now) {
  const std::string subject = pool::subject_of(notice);
  return {.subject = fmt::format("[{}] {}", nameserver, subject),
          .body = fmt::format("{}\n{}\n\nnameserver {}, {}\n", subject, pool::detail_of(notice),
                              nameserver, format_wall_time(now)),
          .json = json_of(notice, nameserver, now)};
}

}  // namespace rollcall::alert
