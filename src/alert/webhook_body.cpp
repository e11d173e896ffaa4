#include "alert/webhook_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "alert/batch_json.hpp"
#include "alert/batch_text.hpp"
#include "alert/named_fields.hpp"
#include "core/printable_json.hpp"

namespace rollcall::alert {
namespace {

namespace json = boost::json;

/// Slack's own escapes: else "<!channel>" and links would be made of values.
std::string for_slack(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  }
  return escaped;
}

/// Three back-quotes in a value would end the block.
std::string in_block(std::string text) {
  for (std::size_t at = 0; (at = text.find("```", at)) != std::string::npos;) {
    text.replace(at, 3, "'''");
  }
  return "```\n" + text + "```";
}

std::string slack_body(const Batch& batch, const std::string& nameserver) {
  const std::string body = shortened(body_of(batch, nameserver), kChatTextLimit);
  return printable_json(json::object{
      {"text", for_slack(subject_of(batch, nameserver)) + "\n" + for_slack(in_block(body))}});
}

/// A RichTextBlock shows its text as it is; a TextBlock would read Markdown in it.
json::object rich_text(std::string text, std::string_view property) {
  json::object run{{"type", "TextRun"}, {"text", std::move(text)}};
  if (property == "bold") run["weight"] = "Bolder";
  if (property == "mono") run["fontType"] = "Monospace";
  return {{"type", "RichTextBlock"}, {"inlines", json::array{std::move(run)}}};
}

std::string teams_body(const Batch& batch, const std::string& nameserver) {
  json::object card{
      {"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
      {"type", "AdaptiveCard"},
      {"version", "1.4"},
      {"body",
       json::array{rich_text(subject_of(batch, nameserver), "bold"),
                   rich_text(shortened(body_of(batch, nameserver), kChatTextLimit), "mono")}}};
  json::object attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                          {"contentUrl", nullptr},
                          {"content", std::move(card)}};
  return printable_json(
      json::object{{"type", "message"}, {"attachments", json::array{std::move(attachment)}}});
}

/// PagerDuty: an event that opens an incident, or closes it where nothing of it is left.
std::string page(const HookForm& form, const Batch& group, const std::string& nameserver) {
  const Told& last = group.told.back();
  const bool open =
      last.still_open || std::ranges::any_of(group.told, [](const Told& told) {
        return told.course == pool::Course::begins ||
               (told.course == pool::Course::happens && told.level != pool::NoticeLevel::info);
      });
  json::object event{{"routing_key", form.routing_key},
                     {"event_action", open ? "trigger" : "resolve"},
                     {"dedup_key", shortened(nameserver + "/" + group_of(last), 255)}};
  if (open) {
    const auto gravest = std::ranges::max_element(group.told, {}, &Told::level);
    event["payload"] =
        json::object{{"summary", shortened(subject_of(group, nameserver), 1024)},
                     {"source", last.host.empty() ? nameserver : last.host},
                     {"severity", pool::to_string(gravest->level)},
                     {"timestamp", format_wall_time(last.at)},
                     {"component", last.name},
                     {"group", nameserver},
                     {"class", last.problem},
                     {"custom_details", json::object{{"text", body_of(group, nameserver)}}}};
  }
  return printable_json(std::move(event));
}

std::vector<std::string> pages(const HookForm& form, const Batch& batch,
                               const std::string& nameserver) {
  std::map<std::string, Batch> groups;
  std::vector<std::string> order;
  Batch rest;
  rest.at = batch.at;
  for (const Told& told : batch.told) {
    const std::string key = group_of(told);
    // The end of a problem is always told: an incident must not stay open.
    const bool opens = told.course != pool::Course::ends && !groups.contains(key);
    if (opens && groups.size() >= kPagesOfABatch) {
      rest.told.push_back(told);
      continue;
    }
    Batch& group = groups[key];
    if (group.told.empty()) order.push_back(key);
    group.at = batch.at;
    group.told.push_back(told);
  }
  std::vector<std::string> bodies;
  bodies.reserve(order.size() + 1);
  for (const std::string& key : order) bodies.push_back(page(form, groups[key], nameserver));
  rest.more = batch.more;
  rest.missed = batch.missed;
  if (rest.told.empty() && rest.more.empty() && rest.missed.count == 0) return bodies;
  json::object event{
      {"routing_key", form.routing_key},
      {"event_action", "trigger"},
      {"dedup_key", shortened(nameserver + "/more/" + batch.id, 255)},
      {"payload",
       json::object{{"summary", shortened(subject_of(rest, nameserver), 1024)},
                    {"source", nameserver},
                    {"severity", "warning"},
                    {"custom_details", json::object{{"text", body_of(rest, nameserver)}}}}}};
  bodies.push_back(printable_json(std::move(event)));
  return bodies;
}

/// "all_down" -> "RollcallAllDown"
std::string alert_name(std::string_view problem) {
  std::string name = "Rollcall";
  bool upper = true;
  for (const char c : problem) {
    if (c != '_') name += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  return name;
}

json::object prometheus_alert(const Told& told, const std::string& nameserver) {
  const bool event = told.course == pool::Course::happens;
  json::object labels{{"alertname", alert_name(event ? told.kind : told.problem)},
                      {"nameserver", nameserver}};
  if (!told.noun.empty()) labels[told.noun] = told.name;
  if (!told.host.empty()) labels["member"] = told.host;
  // The labels of what begins and what ends are the same: Alertmanager knows an alert by them.
  labels["severity"] = told.severity;
  json::object annotations{{"summary", told.line}, {"description", told.detail}};
  if (!told.next.empty()) annotations["next"] = told.next;
  if (!told.command.empty()) annotations["command"] = told.command;
  WallTime from = told.at;
  WallTime until = told.at;
  if (told.course == pool::Course::ends) {
    const Duration lasted = told.lasted.value_or(std::chrono::seconds(1));
    from -= std::chrono::duration_cast<std::chrono::milliseconds>(lasted);
  } else {
    const Duration kept = event ? kEventFor : kFiringFor;
    from = told.first;
    until += std::chrono::duration_cast<std::chrono::milliseconds>(kept);
  }
  return {{"labels", std::move(labels)},
          {"annotations", std::move(annotations)},
          {"startsAt", format_wall_time(from)},
          {"endsAt", format_wall_time(until)}};
}

std::string alertmanager_body(const Batch& batch, const std::string& nameserver) {
  json::array alerts;
  for (const Told& told : batch.told) alerts.push_back(prometheus_alert(told, nameserver));
  if (!batch.more.empty() || batch.missed.count != 0) {
    Batch rest;
    rest.at = batch.at;
    rest.more = batch.more;
    rest.missed = batch.missed;
    alerts.push_back(json::object{
        {"labels",
         json::object{
             {"alertname", "RollcallMore"}, {"nameserver", nameserver}, {"severity", "warning"}}},
        {"annotations", json::object{{"summary", subject_of(rest, nameserver)},
                                     {"description", body_of(rest, nameserver)}}},
        {"startsAt", format_wall_time(batch.at)},
        {"endsAt",
         format_wall_time(batch.at +
                          std::chrono::duration_cast<std::chrono::milliseconds>(kEventFor))}});
  }
  return printable_json(std::move(alerts));
}

}  // namespace

std::vector<std::string> webhook_bodies(const HookForm& form, const Batch& batch,
                                        const std::string& nameserver) {
  switch (form.kind) {
    case HookTemplate::json:
      break;
    case HookTemplate::slack:
      return {slack_body(batch, nameserver)};
    case HookTemplate::teams:
      return {teams_body(batch, nameserver)};
    case HookTemplate::pagerduty:
      return pages(form, batch, nameserver);
    case HookTemplate::alertmanager:
      return {alertmanager_body(batch, nameserver)};
    case HookTemplate::text: {
      const bool json = form.content_type.find("json") != std::string::npos;
      const bool web_form = form.content_type.find("urlencoded") != std::string::npos;
      return {filled(form.text, field_values(batch, nameserver),
                     json       ? Escape::json
                     : web_form ? Escape::form
                                : Escape::none)};
    }
  }
  return {json_of(batch, nameserver)};
}

}  // namespace rollcall::alert
