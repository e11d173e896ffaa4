/// Requests on the control socket: one JSON object a line.
///
///   {"command":"status"}
///   {"command":"reload"}                     {"command":"reload","zone":"mydomain.com"}
///   {"command":"restart","member":"127.0.0.3","service":"apache"}
///
/// Not done: pools, zones, checks, events, explain, the overrides, normal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"

namespace rollcall::control {

inline constexpr std::size_t kMaxRequestSize = 4096;  // octets of a line; a name has at most 1009

struct StatusRequest {
  bool operator==(const StatusRequest&) const = default;
};

struct ReloadRequest {
  std::optional<dns::Name> zone;  // nothing: the configuration's every zone

  bool operator==(const ReloadRequest&) const = default;
};

struct RestartRequest {
  IpAddress member;
  std::string service;  // is_service_name() holds

  bool operator==(const RestartRequest&) const = default;
};

using Request = std::variant<StatusRequest, ReloadRequest, RestartRequest>;

/// @param line without its line end; anything may stand in it
/// @return the request, or what is wrong with the line in words for its sender
Result<Request> parse_request(std::string_view line);

/// One line without its line end, which parse_request reads.
std::string to_json(const Request& request);

}  // namespace rollcall::control
