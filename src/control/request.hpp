/// Requests on the control socket: one JSON object a line.
///
///   {"command":"status"}
///   {"command":"reload"}                     {"command":"reload","zone":"mydomain.com"}
///   {"command":"restart","member":"127.0.0.3","service":"apache"}
///   {"command":"drain","member":"127.0.0.3","pool":"www.mydomain.com","for":"30m",
///    "reason":"new disk","force":true}     also "up", "down", "auto"; all but the member optional
///   {"command":"normal","on":true,"for":"30m"}   "for" is optional
///   {"command":"thaw"}                           answers follow the probes again
///
/// Not done: pools, zones, checks, events, explain.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "roster/event.hpp"
#include "roster/override.hpp"

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

using OverrideRequest = roster::OverrideWanted;
using NormalRequest = roster::NormalWanted;

using ThawRequest = roster::ThawWanted;

using Request = std::variant<StatusRequest, ReloadRequest, RestartRequest, OverrideRequest,
                             NormalRequest, ThawRequest>;

/// @param line without its line end; anything may stand in it
/// @return the request, or what is wrong with the line in words for its sender
Result<Request> parse_request(std::string_view line);

/// One line without its line end, which parse_request reads.
std::string to_json(const Request& request);

}  // namespace rollcall::control
