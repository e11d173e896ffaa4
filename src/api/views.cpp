#include "api/views.hpp"

#include <fmt/format.h>

#include <boost/crc.hpp>
#include <boost/json.hpp>
#include <cmath>

#include "core/counted.hpp"
#include "core/printable_json.hpp"
#include "dns/encoding.hpp"
#include "pool/restart_text.hpp"
#include "pool/standin_text.hpp"

namespace rollcall::api {
namespace {

namespace json = boost::json;

std::int64_t in_ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

/// Null: it has no end.
json::value left_in_ms(std::optional<Duration> left) {
  return left ? json::value(in_ms(*left)) : json::value(nullptr);
}

std::string_view kept_word(pool::KeptBack kept) noexcept {
  switch (kept) {
    case pool::KeptBack::flapping:
      return "flapping";
    case pool::KeptBack::failback:
      return "failback";
    case pool::KeptBack::no:
      break;
  }
  return "";
}

/// Null: there is nothing to say.
json::value to_value(const pool::RestartOutlook& outlook) {
  if (outlook.course == pool::RestartOutlook::Course::none) return nullptr;
  json::object shown{{"course", pool::to_string(outlook.course)}};
  if (outlook.member) shown["member"] = outlook.member->to_string();
  if (!outlook.needed.is_root()) shown["needs"] = outlook.needed.to_display();
  if (outlook.left) shown["left_ms"] = in_ms(*outlook.left);
  if (outlook.pause) shown["pause_ms"] = in_ms(*outlook.pause);
  return shown;
}

json::object to_object(const pool::MemberStatus& member) {
  json::value percent;
  if (member.percent) percent = *member.percent;
  return {{"address", member.elsewhere ? std::string() : member.address.to_string()},
          {"exchange", member.exchange},
          {"health", to_word(member.observed)},
          {"live", member.live},
          {"since_ms", in_ms(member.since)},
          {"reason", member.reason},
          {"restart", member.restart},
          {"probes", member.probes},
          {"degraded", member.degraded},
          {"percent", std::move(percent)},
          {"weight", member.weight},
          {"share", member.share},
          {"override", pool::to_string(member.override_kind)},
          {"override_left_ms", left_in_ms(member.override_left)},
          {"override_reason", member.override_reason},
          {"tier", pool::to_string(member.tier)},
          {"flap_penalty", std::llround(member.flap_penalty)},
          {"kept_back", kept_word(member.kept_back)},
          {"kept_back_left_ms", left_in_ms(member.kept_left)},
          {"held", member.held},
          {"would_be_live", member.would_be_live},
          {"restart_note", note_of(member.restart_outlook)},
          {"restart_outlook", to_value(member.restart_outlook)}};
}

/// Null: it is not all down.
json::value to_value(const std::optional<pool::PoolCount>& count) {
  if (!count) return nullptr;
  using pool::PoolCount;
  return {{"drained", count->of[PoolCount::drained]},
          {"forced_down", count->of[PoolCount::forced_down]},
          {"down", count->of[PoolCount::down]},
          {"kept_back", count->of[PoolCount::kept_back]},
          {"usable", count->of[PoolCount::usable]}};
}

std::string all_down_text(const pool::PoolStatus& pool, bool normal) {
  if (!pool.all_down_count) return {};
  return fmt::format(
      "{}; {}", why_all_down(*pool.all_down_count),
      normal ? "returning all (normal is on)" : answer_when_all_down(*pool.all_down_count));
}

json::object to_object(const pool::PoolStatus& pool, bool normal) {
  json::array members;
  for (const pool::MemberStatus& member : pool.members) members.push_back(to_object(member));
  return {{"name", pool.name.to_display()},
          {"records", pool.records == pool::PoolRecords::mx ? "MX" : "address"},
          {"checks", pool.checks},
          {"when_all_down", pool.when_all_down},
          {"failed_open", pool.failed_open},
          {"all_down", pool.all_down},
          {"min_healthy", pool.min_healthy},
          {"observe_only", pool.observe_only},
          {"max_answers", pool.max_answers},
          {"zone", pool.zone.to_display()},
          {"all_down_text", all_down_text(pool, normal)},
          {"all_down_count", to_value(pool.all_down_count)},
          {"flap_damping", pool.flap_damping},
          {"on_backup", pool.on_backup},
          {"members", std::move(members)}};
}

/// Null: the zone has a file.
json::value to_value(const std::optional<pool::TransferStatus>& transfer) {
  if (!transfer) return nullptr;
  return {{"primary", transfer->primary.to_string()},
          {"serial", transfer->serial ? json::value(*transfer->serial) : json::value(nullptr)},
          {"confirmed_ago_ms", left_in_ms(transfer->confirmed_ago)},
          {"next_in_ms", left_in_ms(transfer->next_in)},
          {"expires_in_ms", left_in_ms(transfer->expires_in)},
          {"problem", transfer->problem}};
}

json::object to_object(const pool::ZoneStatus& zone) {
  return {{"name", zone.origin.to_display()},
          {"state", to_word(zone.state)},
          {"serial", zone.serial},
          {"records", zone.records},
          {"problem", zone.problem},
          {"transfer", to_value(zone.transfer)}};
}

/// "answers" is null before its first probe. Without a vote its silence does not count.
json::object to_object(const pool::WitnessStatus& witness) {
  return {{"address", witness.address.to_string()},
          {"check", witness.check},
          {"answers", witness.answers ? json::value(*witness.answers) : json::value(nullptr)},
          {"has_vote", witness.has_vote}};
}

/// Null: answers follow the probes.
json::value to_value(const std::optional<pool::FreezeStatus>& frozen) {
  if (!frozen) return nullptr;
  json::object shown{{"why", why_frozen(frozen->facts)},
                     {"for_ms", in_ms(frozen->lasted)},
                     {"held", frozen->held}};
  const bool silent = frozen->facts.why == pool::Isolation::witnesses_silent;
  shown["cause"] = silent ? "witnesses_silent" : "mass_drop";
  shown["fallen"] = frozen->facts.fallen;
  shown["members"] = frozen->facts.members;
  shown["window_ms"] = in_ms(frozen->facts.window);
  return shown;
}

json::object to_object(const pool::FloatingStatus& floating) {
  json::array holders;
  for (const pool::FloatingHolder& holder : floating.holders) {
    holders.push_back(json::object{{"node", holder.node.to_string()},
                                   {"asked_here", holder.lasted.has_value()},
                                   {"for_ms", left_in_ms(holder.lasted)}});
  }
  json::object shown{{"address", floating.address.to_string()},
                     {"owner", floating.owner.to_string()},
                     {"owner_health", to_word(floating.owner_health)},
                     {"holders", std::move(holders)},
                     {"waits", pool::to_string(floating.waits.wait)},
                     {"waits_text", why_waiting(floating.waits, floating.reason)}};
  if (floating.waits.left) shown["waits_left_ms"] = in_ms(*floating.waits.left);
  return shown;
}

json::object to_object(const pool::ForwardStatus& forward) {
  return {{"pool", forward.pool.to_display()},
          {"member", forward.member.to_string()},
          {"service", forward.service},
          {"to", forward.to ? json::value(forward.to->to_string()) : json::value(nullptr)},
          {"for_ms", forward.to ? json::value(in_ms(forward.lasted)) : json::value(nullptr)},
          {"pending", forward.pending},
          {"problem", forward.problem}};
}

json::object to_object(const Diagnostic& diagnostic) {
  return {{"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
          {"file", diagnostic.where.file},
          {"line", diagnostic.where.line},
          {"column", diagnostic.where.column},
          {"message", diagnostic.message}};
}

void add_diagnostics(json::object& reply, const Diagnostics& diagnostics) {
  if (diagnostics.empty()) return;
  json::array items;
  for (const Diagnostic& diagnostic : diagnostics) items.push_back(to_object(diagnostic));
  reply["diagnostics"] = std::move(items);
}

}  // namespace

std::string_view to_word(pool::State health) noexcept {
  switch (health) {
    case pool::State::up:
      return "up";
    case pool::State::down:
      return "down";
    case pool::State::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_word(pool::ZoneState state) noexcept {
  switch (state) {
    case pool::ZoneState::served:
      return "served";
    case pool::ZoneState::refused:
      return "refused";
    case pool::ZoneState::expired:
      return "expired";
    case pool::ZoneState::not_ready:
      break;
  }
  return "not_ready";
}

std::string status_reply(const pool::Status& status, bool filtered) {
  json::array zones;
  for (const pool::ZoneStatus& zone : status.zones) zones.push_back(to_object(zone));
  json::array witnesses;
  for (const pool::WitnessStatus& witness : status.witnesses) {
    witnesses.push_back(to_object(witness));
  }
  json::array pools;
  for (const pool::PoolStatus& pool : status.pools) pools.push_back(to_object(pool, status.normal));
  json::array floating;
  for (const pool::FloatingStatus& one : status.floating) floating.push_back(to_object(one));
  json::array forwards;
  for (const pool::ForwardStatus& one : status.forwards) forwards.push_back(to_object(one));
  json::object shown{{"version", status.version},
                     {"uptime_ms", in_ms(status.uptime)},
                     {"normal", status.normal},
                     {"normal_left_ms", left_in_ms(status.normal_left)},
                     {"frozen", to_value(status.frozen)},
                     {"witnesses", std::move(witnesses)},
                     {"restarts_stopped_ms", left_in_ms(status.restarts_stopped)},
                     {"take_overs_stopped_ms", left_in_ms(status.take_overs_stopped)},
                     {"forwards_stopped_ms", left_in_ms(status.forwards_stopped)},
                     {"floating", std::move(floating)},
                     {"forwards", std::move(forwards)},
                     {"zones", std::move(zones)},
                     {"pools", std::move(pools)}};
  if (filtered) shown["filtered"] = true;
  return printable_json(json::object{{"ok", true}, {"status", std::move(shown)}});
}

std::string done_reply(std::string_view message, const Diagnostics& warnings) {
  json::object reply{{"ok", true}, {"message", message}};
  add_diagnostics(reply, warnings);
  return printable_json(std::move(reply));
}

std::string failure_reply(std::string_view error, const Diagnostics& diagnostics) {
  json::object reply{{"ok", false}, {"error", error}};
  add_diagnostics(reply, diagnostics);
  return printable_json(std::move(reply));
}

std::string reload_reply(const Reloaded& reloaded, const Diagnostics& diagnostics) {
  if (reloaded.refused > 0) {
    return failure_reply(fmt::format("{} of {} zones refused; their old versions stay",
                                     reloaded.refused, reloaded.zones),
                         diagnostics);
  }
  if (!reloaded.configuration || has_errors(diagnostics)) {
    return failure_reply("nothing was reloaded; everything stays as it was", diagnostics);
  }
  return done_reply(counted(reloaded.zones, "zone", "zones") + " reloaded");
}

std::string unsaved_reply(std::string_view done, std::string_view why) {
  return failure_reply(fmt::format("{}, but this is lost at a restart: {}", done,
                                   why.empty() ? "the disk does not respond" : why));
}

std::string zone_text_reply(const ZoneText& zone) {
  return printable_json(json::object{{"ok", true},
                                     {"message", zone.file},
                                     {"file", zone.file},
                                     {"before", zone.before},
                                     {"text", dns::to_base64(as_bytes(zone.text))}});
}

Result<ZoneText> read_zone_text(std::string_view reply) {
  boost::system::error_code error;
  const json::value value = json::parse({reply.data(), reply.size()}, error);
  const json::object* object = error ? nullptr : value.if_object();
  const json::value* text = object != nullptr ? object->if_contains("text") : nullptr;
  const json::value* file = object != nullptr ? object->if_contains("file") : nullptr;
  const json::value* before = object != nullptr ? object->if_contains("before") : nullptr;
  std::vector<std::uint8_t> octets;
  const bool good = text != nullptr && text->is_string() && file != nullptr && file->is_string() &&
                    before != nullptr && before->is_number() &&
                    dns::from_base64(std::string_view(text->get_string()), octets);
  if (!good) return fail("the reply has no text of a zone");
  return ZoneText{std::string(file->get_string()), before->to_number<std::uint32_t>(),
                  std::string(as_text(octets))};
}

std::uint32_t crc_of(std::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

std::string channels_reply(const std::vector<ChannelView>& channels) {
  json::array shown;
  std::size_t failed = 0;
  for (const ChannelView& channel : channels) {
    failed += channel.ok ? 0 : 1;
    shown.push_back(json::object{{"channel", channel.channel},
                                 {"target", channel.target},
                                 {"ok", channel.ok},
                                 {"answer", channel.answer}});
  }
  json::object reply{{"ok", failed == 0}};
  if (failed == 0) {
    reply["message"] = "a test was sent to " + counted(channels.size(), "channel", "channels");
  } else {
    reply["error"] =
        fmt::format("{} of {} failed", failed, counted(channels.size(), "channel", "channels"));
  }
  reply["channels"] = std::move(shown);
  return printable_json(std::move(reply));
}

}  // namespace rollcall::api
