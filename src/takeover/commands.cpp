#include "takeover/commands.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

namespace rollcall::takeover {
namespace {

/// A program that is not installed is run all the same: its failure names the path.
std::string path_of(const std::string& name) {
  return find_program(name).value_or("/usr/bin/" + name);
}

/// The address alone: no route to a network comes and goes with it.
std::string alone(const IpAddress& address) {
  return address.to_string() + (address.is_v4() ? "/32" : "/128");
}

std::string all_but(const std::set<IpAddress>& but, bool v4) {
  std::string list;
  for (const IpAddress& address : but) {
    if (address.is_v4() == v4) list += (list.empty() ? "" : ", ") + address.to_string();
  }
  if (list.empty()) return list;
  return fmt::format("{} saddr != {{ {} }} ", v4 ? "ip" : "ip6", list);
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  static constexpr std::array<const char*, 4> kFolders{"/usr/bin/", "/usr/sbin/", "/bin/",
                                                       "/sbin/"};
  for (const char* folder : kFolders) {
    std::string path = folder + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return std::nullopt;
}

Inquiry ping(const IpAddress& address) {
  return {{path_of("ping"), "-n", "-q", "-c", "1", "-w", "2", address.to_string()}};
}

Inquiry find_neighbour(const IpAddress& address, const std::string& interface) {
  if (!address.is_v4()) {
    return {
        {path_of("ndisc6"), "-1", "-q", "-r", "2", "-w", "1000", address.to_string(), interface},
        0,
        2};
  }
  return {
      {path_of("arping"), "-q", "-f", "-c", "2", "-w", "2", "-I", interface, address.to_string()}};
}

Inquiry find_rival(const IpAddress& address, const std::string& interface) {
  if (!address.is_v4()) return find_neighbour(address, interface);
  // RFC 5227 section 2.1.1: from the address 0.0.0.0. It succeeds where nobody answers.
  return {{path_of("arping"), "-D", "-q", "-f", "-c", "2", "-w", "2", "-I", interface,
           address.to_string()},
          1,
          0};
}

Argv add_address(const IpAddress& address, const std::string& interface) {
  Argv argv{path_of("ip"), "address", "add", alone(address), "dev", interface};
  // Rivals have been looked for; and what this host sends by itself has its own address.
  if (!address.is_v4()) argv.insert(argv.end(), {"nodad", "preferred_lft", "0"});
  return argv;
}

Argv remove_address(const IpAddress& address, const std::string& interface) {
  return {path_of("ip"), "address", "del", alone(address), "dev", interface};
}

std::vector<Argv> announce(const IpAddress& address, const std::string& interface) {
  const std::string text = address.to_string();
  if (!address.is_v4()) {  // RFC 4861 section 7.2.6
    return {{path_of("ndptool"), "-t", "na", "-U", "-i", interface, "-T", text, "send"}};
  }
  // RFC 5227 section 3: requests, and replies for hosts that heed only those.
  return {{path_of("arping"), "-q", "-U", "-c", "1", "-w", "1", "-I", interface, "-s", text, text},
          {path_of("arping"), "-q", "-A", "-c", "1", "-w", "1", "-I", interface, "-s", text, text}};
}

Argv set_forwards(const std::vector<PortForward>& forwards, const std::set<IpAddress>& but) {
  // A table that does not exist cannot be deleted.
  std::string rules = "add table inet rollcall; delete table inet rollcall;";
  if (!forwards.empty()) {
    rules +=
        " add table inet rollcall;"
        " add chain inet rollcall prerouting { type nat hook prerouting priority dstnat; };"
        " add chain inet rollcall postrouting { type nat hook postrouting priority srcnat; };";
  }
  for (const PortForward& forward : forwards) {
    const bool v4 = forward.to.is_v4();
    const char* family = v4 ? "ip" : "ip6";
    const char* protocol = forward.udp ? "udp" : "tcp";
    const std::string to = forward.to.to_string();
    rules += fmt::format(
        " add rule inet rollcall prerouting meta nfproto {} {}fib daddr type local {} dport {}"
        " dnat {} to {};",
        v4 ? "ipv4" : "ipv6", all_but(but, v4), protocol, forward.port, family, to);
    // The replies have to come back this way.
    rules += fmt::format(
        " add rule inet rollcall postrouting {} daddr {} {} dport {} ct status dnat masquerade;",
        family, to, protocol, forward.port);
  }
  return {path_of("nft"), std::move(rules)};
}

}  // namespace rollcall::takeover
