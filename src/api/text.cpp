#include "api/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "api/agents_view.hpp"
#include "api/secondaries_view.hpp"
#include "core/counted.hpp"
#include "core/diagnostic.hpp"
#include "core/printable.hpp"

namespace rollcall::api {
namespace {

namespace json = boost::json;
using Row = std::vector<std::string>;

std::string_view raw_text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value ? value->if_string() : nullptr;
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

/// One line of it: a cell of a table, a part of a sentence.
std::string word_at(const json::object& object, std::string_view key) {
  return printable(raw_text_at(object, key));
}

/// Characters, as far as a table goes: UTF-8 octets that continue one are not counted.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::int64_t number_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return 0;
  boost::system::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error ? 0 : number;
}

bool is_set(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_bool() && value->get_bool();
}

/// The objects of an array; what is no object is left out.
std::vector<const json::object*> objects_at(const json::object& object, std::string_view key) {
  std::vector<const json::object*> found;
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return found;
  for (const json::value& item : value->get_array()) {
    if (item.is_object()) found.push_back(&item.get_object());
  }
  return found;
}

/// Columns are as wide as their widest cell; lines have no blanks at their end.
std::string table(const std::vector<Row>& rows, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] + 2 - width_of(row[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

/// The two largest units: "3d 4h", "12m 5s", "4s". Milliseconds say nothing to a person here.
std::string rough_duration(std::int64_t ms) {
  const std::int64_t s = ms / 1000;
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m {}s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{}h {}m", s / 3600, s % 3600 / 60);
  return fmt::format("{}d {}h", s / 86400, s % 86400 / 3600);
}

std::string zone_table(const json::object& status) {
  std::vector<Row> rows{{"ZONE", "STATE", "SERIAL", "RECORDS", "PROBLEM"}};
  for (const json::object* zone : objects_at(status, "zones")) {
    rows.push_back({word_at(*zone, "name"), word_at(*zone, "state"),
                    std::to_string(number_at(*zone, "serial")),
                    std::to_string(number_at(*zone, "records")), word_at(*zone, "problem")});
  }
  return table(rows, "");
}

/// The zones that are transferred; nothing where there are none.
std::string transfer_table(const json::object& status) {
  std::vector<Row> rows{{"TRANSFERRED", "PRIMARY", "ITS SERIAL", "CONFIRMED", "NEXT", "EXPIRES"}};
  for (const json::object* zone : objects_at(status, "zones")) {
    const json::value* value = zone->if_contains("transfer");
    const json::object* transfer = value == nullptr ? nullptr : value->if_object();
    if (transfer == nullptr) continue;
    const auto time = [&](std::string_view key, std::string_view form, const char* otherwise) {
      const json::value* ms = transfer->if_contains(key);
      if (ms == nullptr || !ms->is_number()) return std::string(otherwise);
      return fmt::format(fmt::runtime(form),
                         rough_duration(std::max<std::int64_t>(number_at(*transfer, key), 0)));
    };
    const json::value* serial = transfer->if_contains("serial");
    const bool came = serial != nullptr && serial->is_number();
    rows.push_back({word_at(*zone, "name"), word_at(*transfer, "primary"),
                    came ? std::to_string(number_at(*transfer, "serial")) : "none",
                    time("confirmed_ago_ms", "{} ago", "never"), time("next_in_ms", "in {}", "now"),
                    time("expires_in_ms", "in {}", "never")});
  }
  return rows.size() == 1 ? std::string() : "\n" + table(rows, "");
}

/// Nothing where there are none.
std::string witness_table(const json::object& status) {
  std::vector<Row> rows{{"WITNESS", "CHECK", "ANSWERS"}};
  for (const json::object* witness : objects_at(status, "witnesses")) {
    const json::value* answers = witness->if_contains("answers");
    const bool known = answers != nullptr && answers->is_bool();
    rows.push_back({word_at(*witness, "address"), word_at(*witness, "check"),
                    !known                         ? "unknown"
                    : answers->get_bool()          ? "yes"
                    : is_set(*witness, "has_vote") ? "no"
                                                   : "never: no vote"});
  }
  return rows.size() == 1 ? std::string() : "\n" + table(rows, "");
}

/// What is to be said above everything else where there are witnesses, and none has a vote.
std::string unwitnessed_text(const json::object& status) {
  const auto witnesses = objects_at(status, "witnesses");
  if (witnesses.empty()) return {};
  for (const json::object* witness : witnesses) {
    if (is_set(*witness, "has_vote")) return {};
  }
  return "NO WITNESS has answered yet: only max_drop guards the answers, and no agent is asked for "
         "a restart\n\n";
}

/// Who has which floating address. Nothing where there are none.
std::string floating_table(const json::object& status) {
  std::vector<Row> rows{{"FLOATING", "OWNER", "HEALTH", "HELD BY", "SINCE", "REASON"}};
  for (const json::object* floating : objects_at(status, "floating")) {
    Row row{word_at(*floating, "address"), word_at(*floating, "owner"),
            word_at(*floating, "owner_health")};
    const auto holders = objects_at(*floating, "holders");
    if (holders.empty()) row.insert(row.end(), {"no node known", ""});
    if (!holders.empty()) {
      const json::object& first = *holders.front();
      row.push_back(word_at(first, "node"));
      row.push_back(is_set(first, "asked_here")
                        ? rough_duration(number_at(first, "for_ms")) + ", asked from here"
                        : "found there");
    }
    row.push_back(word_at(*floating, "waits_text"));
    rows.push_back(std::move(row));
    for (std::size_t i = 1; i < holders.size(); ++i) {
      rows.push_back({"", "", "", word_at(*holders[i], "node"), "", "has it too"});
    }
  }
  return rows.size() == 1 ? std::string() : "\n" + table(rows, "");
}

/// Which ports lead to other nodes. Nothing where there are none.
std::string forward_table(const json::object& status) {
  std::vector<Row> rows{{"FORWARD", "POOL", "SERVICE", "TO", "SINCE", "REASON"}};
  for (const json::object* forward : objects_at(status, "forwards")) {
    const std::string to = word_at(*forward, "to");
    std::string reason = word_at(*forward, "problem");
    if (is_set(*forward, "pending")) reason = "its agent is being asked";
    rows.push_back({word_at(*forward, "member"), word_at(*forward, "pool"),
                    word_at(*forward, "service"), to.empty() ? "not forwarded" : to,
                    to.empty() ? "" : rough_duration(number_at(*forward, "for_ms")), reason});
  }
  return rows.size() == 1 ? std::string() : "\n" + table(rows, "");
}

/// ", 12m 5s left", or nothing where there is no end.
std::string left_text(const json::object& object, std::string_view key) {
  const json::value* left = object.if_contains(key);
  if (left == nullptr || left->is_null()) return {};
  return fmt::format(", {} left", rough_duration(number_at(object, key)));
}

/// "drained, 12m 5s left: new disk"; empty for auto.
std::string override_text(const json::object& member) {
  const std::string word = word_at(member, "override");
  if (word.empty() || word == "auto") return {};
  const std::string reason = word_at(member, "override_reason");
  return word + left_text(member, "override_left_ms") + (reason.empty() ? "" : ": " + reason);
}

/// "up", "degraded", "down (held)", "up (flapping, 9m 3s left)".
std::string health_text(const json::object& member) {
  std::string health = is_set(member, "degraded") ? "degraded" : word_at(member, "health");
  const std::string kept_back = word_at(member, "kept_back");
  if (is_set(member, "held")) return health + " (held)";
  if (kept_back.empty()) return health;
  return fmt::format("{} ({}{})", health, kept_back, left_text(member, "kept_back_left_ms"));
}

/// "yes", "no", or what else it would be: "yes (no)".
std::string live_text(const json::object& member) {
  const bool live = is_set(member, "live");
  const bool same = !member.contains("would_be_live") || is_set(member, "would_be_live") == live;
  return fmt::format("{}{}", live ? "yes" : "no", same ? "" : live ? " (no)" : " (yes)");
}

/// ", at least 30 % up", and what is answered where that is not so.
std::string all_down_text(const json::object& pool) {
  const std::int64_t least = number_at(pool, "min_healthy");
  std::string out = least == 0 ? std::string() : fmt::format(", at least {} % up", least);
  const std::string rule = word_at(pool, "when_all_down");
  if (is_set(pool, "observe_only")) return out + ", OBSERVE ONLY: nothing is left out";
  const std::string text = word_at(pool, "all_down_text");
  if (is_set(pool, "failed_open")) {
    out += ", FAILED OPEN: " + text;
  } else if (is_set(pool, "all_down") && rule == "fail_closed") {
    out += ", FAILED CLOSED: " + text;
  } else if (is_set(pool, "all_down") && rule == "fallback") {
    out += ", FALLBACK: " + text;
  } else if (is_set(pool, "on_backup")) {
    out += ", ON BACKUP: too few primary members are usable";
  }
  return out;
}

/// "connection refused; restart of apache: not asked: drained"
std::string reason_text(const json::object& member) {
  if (word_at(member, "address").empty()) return "no address in the zones served here: not probed";
  std::string reason = word_at(member, "reason");
  const std::string note = word_at(member, "restart_note");
  if (note.empty()) return reason;
  return fmt::format("{}{}restart of {} {}", reason, reason.empty() ? "" : "; ",
                     word_at(member, "restart"), note);
}

/// "mx1.example.com 192.0.2.1", as far as there are both.
std::string member_text(const json::object& member) {
  const std::string exchange = word_at(member, "exchange");
  const std::string address = word_at(member, "address");
  return exchange + (exchange.empty() || address.empty() ? "" : " ") + address;
}

/// Of the answers, in weights: "1", "0.3".
std::string share_text(const json::object& member) {
  const json::value* share = member.if_contains("share");
  return share != nullptr && share->is_double() ? fmt::format("{:.4g}", share->get_double()) : "1";
}

std::string pool_text(const json::object& pool) {
  std::string out = fmt::format("\nPOOL {}{}: {}, {}", word_at(pool, "name"),
                                word_at(pool, "records") == "MX" ? " MX" : "",
                                word_at(pool, "checks"), word_at(pool, "when_all_down"));
  if (const auto most = number_at(pool, "max_answers")) {
    out += fmt::format(", at most {} answered", most);
  }
  out += all_down_text(pool);
  const std::vector<const json::object*> members = objects_at(pool, "members");
  const bool overrides =
      std::ranges::any_of(members, [](auto member) { return !override_text(*member).empty(); });
  std::vector<Row> rows{{"MEMBER", "HEALTH", "LIVE", "SINCE", "REASON"}};
  const bool tiers = std::ranges::any_of(members, [](auto member) {
    const std::string tier = word_at(*member, "tier");
    return !tier.empty() && tier != "primary";
  });
  const bool flaps = is_set(pool, "flap_damping");
  const bool shares =
      std::ranges::any_of(members, [](auto member) { return share_text(*member) != "1"; });
  if (shares) rows[0].insert(rows[0].end() - 1, "SHARE");
  if (flaps) rows[0].insert(rows[0].end() - 1, "PENALTY");
  if (tiers) rows[0].insert(rows[0].end() - 1, "TIER");
  if (overrides) rows[0].insert(rows[0].end() - 1, "OVERRIDE");
  for (const json::object* member : members) {
    rows.push_back({member_text(*member), health_text(*member), live_text(*member),
                    rough_duration(number_at(*member, "since_ms")), reason_text(*member)});
    Row& row = rows.back();
    if (shares) row.insert(row.end() - 1, share_text(*member));
    if (flaps) {
      row.insert(row.end() - 1, std::to_string(number_at(*member, "flap_penalty")));
    }
    if (tiers) row.insert(row.end() - 1, word_at(*member, "tier"));
    if (overrides) row.insert(row.end() - 1, override_text(*member));
  }
  return out + "\n" + table(rows, "  ");
}

/// Nothing where there is no stop.
std::string stop_text(std::string_view what, std::string_view why, const std::string& left) {
  if (left.empty()) return {};
  return fmt::format(
      "{} are stopped{}: the last ones {}; \"rollcallctl thaw --restarts\" ends the stop\n\n", what,
      left, why);
}

std::string status_text(const json::object& status) {
  std::string out = fmt::format("rollcalld {}, up for {}\n\n", word_at(status, "version"),
                                rough_duration(number_at(status, "uptime_ms")));
  if (is_set(status, "normal")) {
    out += fmt::format("NORMAL is on{}: everything in the zone files is answered\n\n",
                       left_text(status, "normal_left_ms"));
  }
  if (const json::value* frozen = status.if_contains("frozen"); frozen && frozen->is_object()) {
    const json::object& freeze = frozen->get_object();
    out += fmt::format(
        "FROZEN for {}: {}. {} down and still answered; \"rollcallctl thaw\" ends the freeze\n\n",
        rough_duration(number_at(freeze, "for_ms")), word_at(freeze, "why"),
        counted(static_cast<std::uint64_t>(number_at(freeze, "held")), "member is", "members are"));
  }
  out += stop_text("RESTARTS", "have not helped", left_text(status, "restarts_stopped_ms"));
  out += stop_text("TAKE-OVERS", "have failed", left_text(status, "take_overs_stopped_ms"));
  out += stop_text("FORWARDS", "have failed", left_text(status, "forwards_stopped_ms"));
  out += unwitnessed_text(status);
  const std::vector<const json::object*> pools = objects_at(status, "pools");
  const bool part = status.contains("filtered");
  const bool zones = !objects_at(status, "zones").empty();
  if (part && !zones && pools.empty()) return out + "nothing matches\n";
  std::string shown = part && !zones
                          ? std::string()
                          : zone_table(status) + transfer_table(status) + witness_table(status);
  shown += floating_table(status) + forward_table(status);
  for (const json::object* pool : pools) shown += pool_text(*pool);
  if (shown.starts_with('\n')) shown.erase(0, 1);
  return out + shown;
}

/// `first` and the diagnostics that come with it.
std::string message_text(const json::object& reply, std::string_view first) {
  std::string out = printable_block(raw_text_at(reply, first));
  if (!out.ends_with('\n')) out += '\n';
  for (const json::object* item : objects_at(reply, "diagnostics")) {
    const Diagnostic diagnostic{
        word_at(*item, "severity") == "error" ? Severity::error : Severity::warning,
        {word_at(*item, "file"), static_cast<std::uint32_t>(number_at(*item, "line")),
         static_cast<std::uint32_t>(number_at(*item, "column"))},
        word_at(*item, "message")};
    out += to_string(diagnostic) + "\n";
  }
  for (const json::object* channel : objects_at(reply, "channels")) {
    out +=
        fmt::format("{} ({}): {}: {}\n", word_at(*channel, "channel"), word_at(*channel, "target"),
                    is_set(*channel, "ok") ? "sent" : "failed", word_at(*channel, "answer"));
  }
  return out;
}

}  // namespace

Result<ReplyText> reply_text(std::string_view reply) {
  boost::system::error_code error;
  const json::value value = json::parse({reply.data(), reply.size()}, error);
  if (error) return fail("the reply is not JSON: " + error.message());
  const json::object* object = value.if_object();
  if (object == nullptr || !object->contains("ok")) {
    return fail("the reply is not from rollcalld");
  }
  if (!is_set(*object, "ok")) return ReplyText{false, message_text(*object, "error")};
  const json::value* status = object->if_contains("status");
  if (status && status->is_object()) return ReplyText{true, status_text(status->get_object())};
  const json::value* agents = object->if_contains("agents");
  if (agents && agents->is_array()) return ReplyText{true, agents_text(agents->get_array())};
  const json::value* secondaries = object->if_contains("secondaries");
  if (secondaries && secondaries->is_array()) {
    return ReplyText{true, secondaries_text(secondaries->get_array())};
  }
  return ReplyText{true, message_text(*object, "message")};
}

}  // namespace rollcall::api
