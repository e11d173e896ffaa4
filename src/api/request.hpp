/// Requests on the control socket: one JSON object a line.
///
///   {"command":"status"}        "zone", "pool" and "state" choose a part of it (status_filter.hpp)
///   {"command":"agents"}                     the agent of each node, as it was asked last
///   {"command":"secondaries"}                {"command":"secondaries","zone":"Z","behind":true}
///   {"command":"reload"}                     {"command":"reload","zone":"mydomain.com"}
///   {"command":"retransfer","zone":"other.example"}   all of it from its primaries, now
///   {"command":"zone_flush","zone":"mydomain.com"}   drops what dynamic updates have made of it
///   {"command":"zone_write","zone":"mydomain.com"}   its file's text with what updates made of it
///   {"command":"restart","member":"127.0.0.3","service":"apache"}
///   {"command":"drain","member":"127.0.0.3","pool":"www.mydomain.com","for":"30m",
///    "reason":"new disk","force":true}     also "up", "down", "auto"; all but the member optional
///   {"command":"drain","members":["127.0.0.3","192.0.2.*"]}   {"command":"drain","pool":"P"}
///   {"command":"normal","on":true,"for":"30m"}   "for" is optional
///   {"command":"thaw"}                           answers follow the probes again
///   {"command":"thaw","restarts":true}           services are restarted again
///   {"command":"alert_test"}                     a message to each channel of alerts
///
/// All may have "by", the name of the user that asks.
///
/// Not done: pools, zones, checks, events, explain.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/status_filter.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "pool/override.hpp"

namespace rollcall::api {

inline constexpr std::size_t kMaxRequestSize = 4096;  // octets of a line; a name has at most 1009

struct AgentsRequest {
  bool operator==(const AgentsRequest&) const = default;
};

struct SecondariesRequest {
  std::optional<dns::Name> zone = {};  // nothing: of all zones
  bool behind = false;                 // only those that are behind

  bool operator==(const SecondariesRequest&) const = default;
};

struct ReloadRequest {
  std::optional<dns::Name> zone = {};  // nothing: the configuration's every zone
  std::string actor = {};              // as in pool::OverrideWanted

  bool operator==(const ReloadRequest&) const = default;
};

/// The whole zone from its primaries, now.
struct RetransferRequest {
  dns::Name zone;
  std::string actor = {};  // as in pool::OverrideWanted

  bool operator==(const RetransferRequest&) const = default;
};

/// The zone is as its file again.
struct FlushRequest {
  dns::Name zone;
  std::string actor = {};  // as in pool::OverrideWanted

  bool operator==(const FlushRequest&) const = default;
};

/// The text of the zone's file with what updates have made of the zone.
struct WriteRequest {
  dns::Name zone;
  std::string actor = {};  // as in pool::OverrideWanted

  bool operator==(const WriteRequest&) const = default;
};

struct RestartRequest {
  IpAddress member;
  std::string service;     // is_service_name() holds
  std::string actor = {};  // as in pool::OverrideWanted

  bool operator==(const RestartRequest&) const = default;
};

using OverrideRequest = pool::OverrideWanted;
using NormalRequest = pool::NormalWanted;

using ThawRequest = pool::ThawWanted;

/// A message to each channel of alerts.
struct AlertTestRequest {
  std::string actor = {};  // as in pool::OverrideWanted

  bool operator==(const AlertTestRequest&) const = default;
};

using Request = std::variant<StatusRequest, AgentsRequest, SecondariesRequest, ReloadRequest,
                             RetransferRequest, FlushRequest, WriteRequest, RestartRequest,
                             OverrideRequest, NormalRequest, ThawRequest, AlertTestRequest>;

inline constexpr std::size_t kMaxUserName = 64;  // octets; a login name on Linux has at most 32

/// Whether it may stand as "by".
bool is_user_name(std::string_view name) noexcept;

/// @param line without its line end; anything may stand in it
/// @return the request, its actor the name that the sender gives itself, or what is wrong with the
/// line in words for its sender
Result<Request> parse_request(std::string_view line);

/// The sender's own name as "by", where the request changes something; empty: none.
void sign(Request& request, const std::string& name);

/// The peer of the control socket: from then on the actor is "alice (uid 1000)", or "uid 1000".
void identify(Request& request, std::uint32_t uid);

/// One line without its line end, which parse_request reads.
std::string to_json(const Request& request);

}  // namespace rollcall::api
