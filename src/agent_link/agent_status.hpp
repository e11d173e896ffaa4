/// The state of a node as its agent reports it (GET /v1/status), as JSON and as a value. Pure.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent_link/agent_protocol.hpp"
#include "core/ip_address.hpp"
#include "core/node_words.hpp"
#include "core/result.hpp"

namespace rollcall::agent_link {

// What is read of a status; the rest of a longer one is left out. A nameserver keeps one status of
// each of thousands of nodes.
inline constexpr std::size_t kMaxStatusServices = 64;
inline constexpr std::size_t kMaxStatusStandins = 32;  // addresses, and forwards
inline constexpr std::size_t kMaxStatusText = 200;     // octets of a word or a sentence

struct ServiceStatus {
  std::string kind;    // "unit" or "script"
  std::string target;  // its name or path
  bool restarting = false;
  std::optional<RestartReport> last;  // nothing: none since the agent started
  double last_age = 0;                // seconds since it ended

  bool operator==(const ServiceStatus&) const = default;
};

/// A floating address that the node has, or a port that leads to another node.
struct StandinStatus {
  std::string asked_by = {};         // the name of the key; empty: an earlier run of the agent knew
  std::optional<double> age = {};    // seconds since then
  std::optional<IpAddress> to = {};  // of a forward

  bool operator==(const StandinStatus&) const = default;
};

struct AgentStatus {
  std::string version;
  NodeWords words;               // of the node's state_file
  std::string said;              // the line of that file; empty: it says nothing
  std::string problem;           // why that file could not be read or understood; empty: it could
  std::array<double, 3> load{};  // of 1, 5 and 15 minutes
  std::string key;               // the name of the key that the client has proved
  std::map<std::string, ServiceStatus> services;     // that the client may ask for
  std::map<IpAddress, StandinStatus> floating = {};  // that the client may move and the node has
  // By service, of those that the client may forward; of both families.
  std::multimap<std::string, StandinStatus> forwards = {};
  std::size_t watches = 0;

  /// In percent; 0 where the node is down or drained by its own word.
  unsigned weight() const;

  bool operator==(const AgentStatus&) const = default;
};

/// "up", "drain" or "down".
std::string_view state_word(const NodeWords& words);

boost::json::object to_json(const AgentStatus& status);

/// @param body of a reply with HTTP status 200. Of reports only the end of the output is kept
Result<AgentStatus> read_agent_status(std::string_view body);

}  // namespace rollcall::agent_link
