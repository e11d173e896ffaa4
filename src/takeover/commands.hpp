/// The programs that look at neighbours, move addresses and forward ports, as argument lists: ip,
/// ping, arping, ndisc6, ndptool, nft. No shell sees them.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "takeover/node_rights.hpp"

namespace rollcall::takeover {

using Argv = std::vector<std::string>;

/// An argument list, and what the exit status of its program says.
struct Inquiry {
  Argv argv;
  int yes = 0;
  int no = 1;  // every other status: the program could not ask
};

/// The path of a program in the folders for programs; nothing: it is not installed.
std::optional<std::string> find_program(const std::string& name);

/// Does the host answer an echo request? Waits 2 s.
Inquiry ping(const IpAddress& address);
/// Does a neighbour on the link answer for the address? By ARP or neighbour solicitation; 2 s.
Inquiry find_neighbour(const IpAddress& address, const std::string& interface);
/// Does another station answer for the address, which this host may have itself? 2 s.
Inquiry find_rival(const IpAddress& address, const std::string& interface);

Argv add_address(const IpAddress& address, const std::string& interface);
Argv remove_address(const IpAddress& address, const std::string& interface);
/// Tells the neighbours that the address is here: gratuitous ARP, unsolicited neighbour
/// advertisement.
std::vector<Argv> announce(const IpAddress& address, const std::string& interface);

/// A port of this host that leads to another one.
struct PortForward {
  std::uint16_t port = 0;
  bool udp = false;
  IpAddress to;

  bool operator==(const PortForward&) const = default;
};
/// Replaces the whole table `rollcall` in one transaction; without forwards it is removed.
/// @param but from these hosts, the nameservers, the port is not forwarded: their probes have to
/// see the service itself
Argv set_forwards(const std::vector<PortForward>& forwards, const std::set<IpAddress>& but);

}  // namespace rollcall::takeover
