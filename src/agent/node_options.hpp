/// The sections `floating` and `forward` of the agent's configuration.
///
///   floating:                         # addresses that this node may take over, none at boot
///     192.0.2.80: {interface: eth0}
///   forward:                          # services whose port may lead to other nodes
///     web: {port: 80, to: [192.0.2.4, 192.0.2.5]}     # protocol: tcp
#pragma once

#include <set>
#include <string>

#include "takeover/node_rights.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::agent {

takeover::NodeRights read_node_rights(const yaml::Section& top);

// What one nameserver may ask for: some of the addresses, some of the services' ports.
std::set<IpAddress> read_granted_addresses(const yaml::Value& list,
                                           const takeover::NodeRights& rights);
std::set<std::string, std::less<>> read_granted_ports(const yaml::Value& list,
                                                      const takeover::NodeRights& rights);

}  // namespace rollcall::agent
