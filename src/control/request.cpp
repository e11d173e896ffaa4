#include "control/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <initializer_list>

#include "core/nearest.hpp"
#include "core/service_name.hpp"

namespace rollcall::control {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> kCommands{"status", "reload", "restart"};

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
  const auto near = nearest_word(*command, kCommands);
  return fail(fmt::format("unknown command \"{}\"{}", *command,
                          near ? fmt::format(", did you mean \"{}\"?", *near) : ""));
}

std::string to_json(const Request& request) {
  return json::serialize(std::visit(ToObject{}, request));
}

}  // namespace rollcall::control
