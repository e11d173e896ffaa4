/// What `rollcallctl agents` shows: the agent of each node, as JSON and as text.
#pragma once

#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall::api {

/// A service that an agent may restart for this nameserver.
struct AgentServiceView {
  std::string name;
  std::string how;  // "unit apache2.service", "script /etc/init.d/apache"
  bool restarting = false;
  std::string last;               // the result of the last restart, in words; empty: none
  bool last_ok = true;            // meaningless without a last one
  std::optional<Duration> ended;  // how long ago that ended
};

/// What a node does for another one: a floating address that it has, or a forward.
struct AgentStandinView {
  std::optional<IpAddress> address;  // the floating one; nothing: a forward
  std::string service;               // of a forward
  std::optional<IpAddress> to;       // the same
  std::string asked_by;              // the name of the key; empty: not known
  std::optional<Duration> age;       // since then; nothing: not known
};

struct AgentView {
  IpAddress node;
  Endpoint at;                    // where it listens
  std::optional<bool> reachable;  // nothing: not asked yet
  std::string problem;            // why it is not reachable
  Duration since{};               // for how long that has been so
  std::optional<Duration> seen;   // how old what follows is; nothing: there is none
  std::string version;
  std::string state;         // "up", "drain", "down"
  unsigned weight = 100;     // percent
  std::string said;          // the line of the node's state_file
  std::string node_problem;  // why that file could not be read
  std::vector<double> load;  // of 1, 5, 15 minutes
  std::string key;           // the name of the key in use; empty: none
  std::vector<AgentServiceView> services;
  std::vector<AgentStandinView> standins = {};
};

/// {"ok":true,"agents":[...]}
std::string agents_reply(const std::vector<AgentView>& agents);

/// The text of such a list for people.
std::string agents_text(const boost::json::array& agents);

}  // namespace rollcall::api
