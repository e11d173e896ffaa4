#include "api/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "api/override_request.hpp"
#include "api/request_fields.hpp"
#include "core/nearest.hpp"
#include "core/printable_json.hpp"
#include "core/service_name.hpp"

namespace rollcall::api {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 15> kCommands{
    "status", "agents", "secondaries", "reload", "retransfer", "restart",    "drain",     "up",
    "down",   "auto",   "normal",      "thaw",   "alert_test", "zone_flush", "zone_write"};

/// The commands that set an override.
struct OverrideCommand {
  std::string_view word;
  pool::OverrideKind kind;
};
constexpr std::array<OverrideCommand, 4> kOverrideCommands{
    {{"drain", pool::OverrideKind::drained},
     {"up", pool::OverrideKind::forced_up},
     {"down", pool::OverrideKind::forced_down},
     {"auto", pool::OverrideKind::automatic}}};

Result<Request> parse_status(const json::object& object) {
  if (auto error = foreign_key(object, {"zone", "pool", "state"})) return std::unexpected(*error);
  StatusRequest request;
  if (object.contains("zone")) {
    const Result<dns::Name> zone = name_at(object, "zone");
    if (!zone) return std::unexpected(zone.error());
    request.zone = *zone;
  }
  if (object.contains("pool")) {
    const Result<std::string> pool = text_at(object, "pool");
    if (!pool) return std::unexpected(pool.error());
    request.pool = *pool;
  }
  if (!object.contains("state")) return request;
  const Result<std::string> state = text_at(object, "state");
  if (!state) return std::unexpected(state.error());
  if (!is_state_word(*state)) return std::unexpected(not_a_state(*state));
  request.state = *state;
  return request;
}

Result<Request> parse_agents(const json::object& object) {
  if (auto error = foreign_key(object, {})) return std::unexpected(*error);
  return AgentsRequest{};
}

Result<Request> parse_secondaries(const json::object& object) {
  if (auto error = foreign_key(object, {"zone", "behind"})) return std::unexpected(*error);
  SecondariesRequest request;
  if (object.contains("zone")) {
    const Result<dns::Name> zone = name_at(object, "zone");
    if (!zone) return std::unexpected(zone.error());
    request.zone = *zone;
  }
  if (!object.contains("behind")) return request;
  const Result<bool> behind = flag_at(object, "behind");
  if (!behind) return std::unexpected(behind.error());
  request.behind = *behind;
  return request;
}

Result<Request> parse_thaw(const json::object& object) {
  if (auto error = foreign_key(object, {"restarts"})) return std::unexpected(*error);
  if (!object.contains("restarts")) return ThawRequest{};
  const Result<bool> restarts = flag_at(object, "restarts");
  if (!restarts) return std::unexpected(restarts.error());
  return ThawRequest{.restarts = *restarts};
}

Result<Request> parse_reload(const json::object& object) {
  if (auto error = foreign_key(object, {"zone"})) return std::unexpected(*error);
  if (!object.contains("zone")) return ReloadRequest{};
  const Result<dns::Name> zone = name_at(object, "zone");
  if (!zone) return std::unexpected(zone.error());
  return ReloadRequest{*zone};
}

/// @tparam Wanted RetransferRequest, FlushRequest or WriteRequest
template <class Wanted>
Result<Request> parse_zone(const json::object& object) {
  if (auto error = foreign_key(object, {"zone"})) return std::unexpected(*error);
  const Result<dns::Name> zone = name_at(object, "zone");
  if (!zone) return std::unexpected(zone.error());
  return Wanted{*zone};
}

Result<Request> parse_restart(const json::object& object) {
  if (auto error = foreign_key(object, {"member", "service"})) {
    return std::unexpected(*error);
  }
  const Result<std::string> member = text_at(object, "member");
  if (!member) return std::unexpected(member.error());
  const Result<std::string> service = text_at(object, "service");
  if (!service) return std::unexpected(service.error());
  const std::optional<IpAddress> address = IpAddress::parse(*member);
  if (!address) return fail(fmt::format("invalid member \"{}\": expected an IP address", *member));
  if (!is_service_name(*service)) {
    return fail(
        fmt::format("invalid service name \"{}\": use letters, digits and \"-_.@\", with a letter "
                    "or digit first",
                    *service));
  }
  return RestartRequest{*address, *service};
}

/// The name that the sender gives itself: a hint beside its uid, never a proof.
Result<std::string> claimed_name(const json::object& object) {
  if (!object.contains("by")) return std::string();
  Result<std::string> name = text_at(object, "by");
  if (!name || is_user_name(*name)) return name;
  return fail("\"by\" must be the name of a user");
}

Result<Request> parse_command(const json::object& object, std::string_view command) {
  if (command == "status") return parse_status(object);
  if (command == "agents") return parse_agents(object);
  if (command == "secondaries") return parse_secondaries(object);
  if (command == "reload") return parse_reload(object);
  if (command == "retransfer") return parse_zone<RetransferRequest>(object);
  if (command == "zone_flush") return parse_zone<FlushRequest>(object);
  if (command == "zone_write") return parse_zone<WriteRequest>(object);
  if (command == "restart") return parse_restart(object);
  if (command == "thaw") return parse_thaw(object);
  if (command == "normal") return read_normal(object);
  if (command == "alert_test") {
    if (auto error = foreign_key(object, {})) return std::unexpected(*error);
    return AlertTestRequest{};
  }
  const auto setting = std::ranges::find(kOverrideCommands, command, &OverrideCommand::word);
  if (setting != kOverrideCommands.end()) return read_override(object, setting->kind);
  const auto near = nearest_word(command, kCommands);
  return fail(fmt::format("unknown command \"{}\"{}", command,
                          near ? fmt::format("; did you mean \"{}\"?", *near) : ""));
}

struct ToObject {
  json::object operator()(const StatusRequest& request) const {
    json::object object{{"command", "status"}};
    if (request.zone) object["zone"] = request.zone->to_display();
    if (!request.pool.empty()) object["pool"] = request.pool;
    if (!request.state.empty()) object["state"] = request.state;
    return object;
  }
  json::object operator()(const AgentsRequest&) const { return {{"command", "agents"}}; }
  json::object operator()(const SecondariesRequest& request) const {
    json::object object{{"command", "secondaries"}};
    if (request.zone) object["zone"] = request.zone->to_display();
    if (request.behind) object["behind"] = true;
    return object;
  }
  json::object operator()(const ReloadRequest& request) const {
    json::object object{{"command", "reload"}};
    if (request.zone) object["zone"] = request.zone->to_display();
    return by(std::move(object), request.actor);
  }
  json::object operator()(const RetransferRequest& request) const {
    return by({{"command", "retransfer"}, {"zone", request.zone.to_display()}}, request.actor);
  }
  json::object operator()(const FlushRequest& request) const {
    return by({{"command", "zone_flush"}, {"zone", request.zone.to_display()}}, request.actor);
  }
  json::object operator()(const WriteRequest& request) const {
    return by({{"command", "zone_write"}, {"zone", request.zone.to_display()}}, request.actor);
  }
  json::object operator()(const RestartRequest& request) const {
    return by({{"command", "restart"},
               {"member", request.member.to_string()},
               {"service", request.service}},
              request.actor);
  }
  json::object operator()(const OverrideRequest& request) const {
    json::object object{
        {"command",
         std::ranges::find(kOverrideCommands, request.kind, &OverrideCommand::kind)->word}};
    for (auto& pair : to_object(request)) object[pair.key()] = std::move(pair.value());
    return by(std::move(object), request.actor);
  }
  json::object operator()(const NormalRequest& request) const {
    json::object object{{"command", "normal"}};
    for (auto& pair : to_object(request)) object[pair.key()] = std::move(pair.value());
    return by(std::move(object), request.actor);
  }
  json::object operator()(const ThawRequest& request) const {
    json::object object{{"command", "thaw"}};
    if (request.restarts) object["restarts"] = true;
    return by(std::move(object), request.actor);
  }
  json::object operator()(const AlertTestRequest& request) const {
    return by({{"command", "alert_test"}}, request.actor);
  }

  static json::object by(json::object object, const std::string& actor) {
    if (!actor.empty()) object["by"] = actor;
    return object;
  }
};

}  // namespace

Result<Request> parse_request(std::string_view line) {
  if (line.size() > kMaxRequestSize) {
    return fail(fmt::format("the request is longer than {} octets", kMaxRequestSize));
  }
  boost::system::error_code error;
  const json::value value = json::parse({line.data(), line.size()}, error);
  if (error) return fail("the request is not JSON: " + error.message());
  const json::object* object = value.if_object();
  if (object == nullptr) return fail("the request is not a JSON object");
  const Result<std::string> command = text_at(*object, "command");
  if (!command) return std::unexpected(command.error());
  Result<std::string> name = claimed_name(*object);
  if (!name) return std::unexpected(name.error());
  Result<Request> request = parse_command(*object, *command);
  if (request) sign(*request, *name);
  return request;
}

bool is_user_name(std::string_view name) noexcept {
  const auto good = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("._-@+").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= kMaxUserName && std::ranges::all_of(name, good);
}

void sign(Request& request, const std::string& name) {
  std::visit(
      [&](auto& its) {
        if constexpr (requires { its.actor; }) its.actor = name;
      },
      request);
}

void identify(Request& request, std::uint32_t uid) {
  std::visit(
      [&](auto& its) {
        if constexpr (requires { its.actor; }) {
          its.actor = its.actor.empty() ? fmt::format("uid {}", uid)
                                        : fmt::format("{} (uid {})", its.actor, uid);
        }
      },
      request);
}

std::string to_json(const Request& request) {
  return printable_json(std::visit(ToObject{}, request));
}

}  // namespace rollcall::api
