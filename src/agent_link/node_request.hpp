/// What a nameserver asks an agent beside restarts: about floating addresses and ports that lead to
/// another node. docs/takeover.md describes both.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/ip_address.hpp"
#include "core/result.hpp"

namespace rollcall::agent_link {

/// Whether the node has a floating address, and whether it sees the owner.
inline constexpr std::string_view kLookPath = "/v1/look";
inline constexpr std::string_view kTakePath = "/v1/take";
inline constexpr std::string_view kGiveBackPath = "/v1/give_back";
inline constexpr std::string_view kForwardPath = "/v1/forward";
inline constexpr std::string_view kEndForwardPath = "/v1/end_forward";

/// About a floating address.
struct AddressRequest {
  IpAddress address;
  IpAddress owner;  // the owner's own other address

  bool operator==(const AddressRequest&) const = default;
};
/// {"address":"192.0.2.80","owner":"192.0.2.3"}
std::string to_body(const AddressRequest& request);
Result<AddressRequest> read_address_request(std::string_view body);

/// About the port of a service.
struct ForwardRequest {
  std::string service;
  std::optional<IpAddress> to;     // nothing: the forward of this family ends
  IpFamily family = IpFamily::v4;  // that of `to`
  // Whence the nameserver probes, where that is not the address whence it asks.
  std::optional<IpAddress> from = {};

  bool operator==(const ForwardRequest&) const = default;
};
/// {"service":"web","to":"192.0.2.4"}, with "from":"192.0.2.1" where that is given, or
/// {"service":"web","family":"ipv4"}.
std::string to_body(const ForwardRequest& request);
Result<ForwardRequest> read_forward_request(std::string_view body);

struct NodeReport {
  bool ok = false;
  bool holds = false;          // the node has the address
  bool owner_answers = false;  // ping or neighbour discovery reaches the owner from there
  bool contested = false;      // another station answers for the address
  std::string error = {};      // of one that is not ok
  bool reached = true;         // the agent got the request; not part of the reply

  bool operator==(const NodeReport&) const = default;
};
boost::json::object to_json(const NodeReport& report);
/// @param body of a reply of the agent, of any HTTP status
Result<NodeReport> read_node_report(std::string_view body);

}  // namespace rollcall::agent_link
