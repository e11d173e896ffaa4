#include "control/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <initializer_list>

#include "control/printable_json.hpp"
#include "core/nearest.hpp"
#include "core/printable.hpp"
#include "core/service_name.hpp"

namespace rollcall::control {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 9> kCommands{"status", "reload", "restart", "drain", "up",
                                                    "down",   "auto",   "normal",  "thaw"};

/// The commands that set an override.
struct OverrideCommand {
  std::string_view word;
  roster::OverrideKind kind;
};
constexpr std::array<OverrideCommand, 4> kOverrideCommands{
    {{"drain", roster::OverrideKind::drained},
     {"up", roster::OverrideKind::forced_up},
     {"down", roster::OverrideKind::forced_down},
     {"auto", roster::OverrideKind::automatic}}};

Result<std::string> text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return fail(fmt::format("the request needs \"{}\"", key));
  const json::string* text = value->if_string();
  if (text == nullptr) return fail(fmt::format("\"{}\" must be a string", key));
  return std::string(text->data(), text->size());
}

/// The first key that `known` does not hold: a word without effect is its sender's mistake.
std::optional<Error> foreign_key(const json::object& object,
                                 std::initializer_list<std::string_view> known) {
  for (const auto& pair : object) {
    const std::string_view key(pair.key().data(), pair.key().size());
    if (std::ranges::find(known, key) == known.end()) {
      return Error{fmt::format("the request has an unknown key \"{}\"", key)};
    }
  }
  return std::nullopt;
}

Result<Request> parse_status(const json::object& object) {
  if (auto error = foreign_key(object, {"command"})) return std::unexpected(*error);
  return StatusRequest{};
}

Result<Request> parse_thaw(const json::object& object) {
  if (auto error = foreign_key(object, {"command"})) return std::unexpected(*error);
  return ThawRequest{};
}

Result<Request> parse_reload(const json::object& object) {
  if (auto error = foreign_key(object, {"command", "zone"})) return std::unexpected(*error);
  if (!object.contains("zone")) return ReloadRequest{};
  const Result<std::string> zone = text_at(object, "zone");
  if (!zone) return std::unexpected(zone.error());
  const Result<dns::Name> name = dns::Name::parse(*zone);
  if (!name) return fail(fmt::format("\"{}\" is no zone: {}", *zone, name.error().message));
  return ReloadRequest{*name};
}

Result<Request> parse_restart(const json::object& object) {
  if (auto error = foreign_key(object, {"command", "member", "service"})) {
    return std::unexpected(*error);
  }
  const Result<std::string> member = text_at(object, "member");
  if (!member) return std::unexpected(member.error());
  const Result<std::string> service = text_at(object, "service");
  if (!service) return std::unexpected(service.error());
  const std::optional<IpAddress> address = IpAddress::parse(*member);
  if (!address) return fail(fmt::format("\"{}\" is no member: an IP address is needed", *member));
  if (!is_service_name(*service)) {
    return fail(
        fmt::format("\"{}\" is no name of a service: letters, digits and \"-_.@\" only", *service));
  }
  return RestartRequest{*address, *service};
}

Result<bool> flag_at(const json::object& object, std::string_view key) {
  const json::value& value = object.at(key);
  if (!value.is_bool()) return fail(fmt::format("\"{}\" must be true or false", key));
  return value.get_bool();
}

Result<Duration> time_at(const json::object& object, std::string_view key) {
  const Result<std::string> text = text_at(object, key);
  if (!text) return std::unexpected(text.error());
  const std::optional<Duration> time = parse_duration(*text);
  if (!time) return fail(fmt::format("\"{}\" is no time: 30m, 2h or 1d are some", *text));
  if (*time <= Duration::zero() || *time > roster::kMaxOverrideTime) {
    return fail(fmt::format("{} is no time for this: above zero, up to {}", *text,
                            format_duration(roster::kMaxOverrideTime)));
  }
  return *time;
}

/// An address, or the name of an exchange.
Result<std::variant<IpAddress, dns::Name>> member_at(const json::object& object) {
  const Result<std::string> text = text_at(object, "member");
  if (!text) return std::unexpected(text.error());
  if (const auto address = IpAddress::parse(*text)) return *address;
  const Result<dns::Name> name = dns::Name::parse(*text);
  if (name) return *name;
  return fail(fmt::format("\"{}\" is no member: an IP address or an exchange's name is needed: {}",
                          *text, name.error().message));
}

Result<std::string> reason_at(const json::object& object) {
  Result<std::string> text = text_at(object, "reason");
  if (!text) return text;
  if (text->size() > roster::kMaxOverrideReason) {
    return fail(fmt::format("the reason is longer than {} octets", roster::kMaxOverrideReason));
  }
  if (!is_printable(*text)) {
    return fail("the reason has a control character: it must be one line of text");
  }
  return text;
}

Result<Request> parse_override(const json::object& object, roster::OverrideKind kind) {
  if (auto error = foreign_key(object, {"command", "member", "pool", "for", "reason", "force"})) {
    return std::unexpected(*error);
  }
  const auto member = member_at(object);
  if (!member) return std::unexpected(member.error());
  OverrideRequest request{.member = *member, .pool = {}, .kind = kind, .lasts = {}, .reason = {}};
  if (object.contains("pool")) {
    const Result<std::string> pool = text_at(object, "pool");
    if (!pool) return std::unexpected(pool.error());
    const Result<dns::Name> name = dns::Name::parse(*pool);
    if (!name) return fail(fmt::format("\"{}\" is no pool: {}", *pool, name.error().message));
    request.pool = *name;
  }
  if (object.contains("for")) {
    const Result<Duration> time = time_at(object, "for");
    if (!time) return std::unexpected(time.error());
    if (kind == roster::OverrideKind::automatic) {
      return fail("auto has no end: it takes no \"for\"");
    }
    request.lasts = *time;
  }
  if (object.contains("reason")) {
    const Result<std::string> reason = reason_at(object);
    if (!reason) return std::unexpected(reason.error());
    request.reason = *reason;
  }
  if (object.contains("force")) {
    const Result<bool> force = flag_at(object, "force");
    if (!force) return std::unexpected(force.error());
    request.force = *force;
  }
  return request;
}

Result<Request> parse_normal(const json::object& object) {
  if (auto error = foreign_key(object, {"command", "on", "for"})) return std::unexpected(*error);
  if (!object.contains("on")) return fail("the request needs \"on\"");
  const Result<bool> on = flag_at(object, "on");
  if (!on) return std::unexpected(on.error());
  NormalRequest request{.on = *on, .lasts = {}};
  if (!object.contains("for")) return request;
  if (!*on) return fail("normal off has no end: it takes no \"for\"");
  const Result<Duration> time = time_at(object, "for");
  if (!time) return std::unexpected(time.error());
  request.lasts = *time;
  return request;
}

struct ToObject {
  json::object operator()(const StatusRequest&) const { return {{"command", "status"}}; }
  json::object operator()(const ReloadRequest& request) const {
    json::object object{{"command", "reload"}};
    if (request.zone) object["zone"] = request.zone->to_display();
    return object;
  }
  json::object operator()(const RestartRequest& request) const {
    return {{"command", "restart"},
            {"member", request.member.to_string()},
            {"service", request.service}};
  }
  json::object operator()(const OverrideRequest& request) const {
    const auto* address = std::get_if<IpAddress>(&request.member);
    json::object object{
        {"command",
         std::ranges::find(kOverrideCommands, request.kind, &OverrideCommand::kind)->word},
        {"member",
         address ? address->to_string() : std::get<dns::Name>(request.member).to_display()}};
    if (request.pool) object["pool"] = request.pool->to_display();
    if (request.lasts) object["for"] = format_duration(*request.lasts);
    if (!request.reason.empty()) object["reason"] = request.reason;
    if (request.force) object["force"] = true;
    return object;
  }
  json::object operator()(const NormalRequest& request) const {
    json::object object{{"command", "normal"}, {"on", request.on}};
    if (request.lasts) object["for"] = format_duration(*request.lasts);
    return object;
  }
  json::object operator()(const ThawRequest&) const { return {{"command", "thaw"}}; }
};

}  // namespace

Result<Request> parse_request(std::string_view line) {
  if (line.size() > kMaxRequestSize) {
    return fail(fmt::format("the request is longer than {} octets", kMaxRequestSize));
  }
  boost::system::error_code error;
  const json::value value = json::parse({line.data(), line.size()}, error);
  if (error) return fail("the request is no JSON: " + error.message());
  const json::object* object = value.if_object();
  if (object == nullptr) return fail("the request is no JSON object");
  const Result<std::string> command = text_at(*object, "command");
  if (!command) return std::unexpected(command.error());
  if (*command == "status") return parse_status(*object);
  if (*command == "reload") return parse_reload(*object);
  if (*command == "restart") return parse_restart(*object);
  if (*command == "thaw") return parse_thaw(*object);
  if (*command == "normal") return parse_normal(*object);
  const auto setting = std::ranges::find(kOverrideCommands, *command, &OverrideCommand::word);
  if (setting != kOverrideCommands.end()) return parse_override(*object, setting->kind);
  const auto near = nearest_word(*command, kCommands);
  return fail(fmt::format("unknown command \"{}\"{}", *command,
                          near ? fmt::format(", did you mean \"{}\"?", *near) : ""));
}

std::string to_json(const Request& request) {
  return printable_json(std::visit(ToObject{}, request));
}

}  // namespace rollcall::control
