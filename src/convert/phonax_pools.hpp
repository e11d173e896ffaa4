/// The checks of failover-monitor.config as pools, and their scripts as services of agents.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "convert/phonax_check.hpp"
#include "convert/target.hpp"

namespace rollcall::convert {

/// What failover.config says of every node.
struct PhonaxNodes {
  std::optional<std::uint16_t> agent_port;  // local_server_port: the agents listen there
  std::optional<std::uint16_t> asked_port;  // clusternode_server_port: the monitor asks there
  std::string scripts_path;                 // empty: the agent's default
};

class PhonaxPools {
 public:
  explicit PhonaxPools(Target& target) : target_(target) {}

  /// Adds a member with its check, where its zone has that address.
  void add(const PhonaxCheck& check);
  /// Writes what the members of each pool have in common and what not, and the agents.
  void finish(const PhonaxNodes& nodes);

 private:
  struct Member {
    SourcePosition where;
    std::string script;
    std::set<std::string> checks;
  };
  struct Pool {
    dns::Name name;
    std::vector<std::pair<IpAddress, Member>> members;  // in the order of the file
    std::map<IpAddress, std::size_t> index;
    std::set<std::string> checks;
  };

  Member& member(Pool& pool, const PhonaxCheck& check);
  void keep_script(const PhonaxCheck& check, Member& member);
  void report_shared_checks(const Pool& pool);
  void set_restarts(const Pool& pool);

  Target& target_;
  std::vector<Pool> pools_;
  std::unordered_map<dns::Name, std::size_t> index_;
  std::map<IpAddress, std::set<std::string>> scripts_;  // by node
};

}  // namespace rollcall::convert
