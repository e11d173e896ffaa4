/// Whether this host can probe members: it needs a route and an address of the family, and a socket
/// for pings.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/ip_address.hpp"
#include "health/check.hpp"

namespace rollcall::setup {

class Reach {
 public:
  /// Adds a member, or a witness, that this check probes at `target`.
  void add(const health::CheckSpec& check, const IpAddress& target, const SourcePosition& where);

  /// Warnings: one for each family that cannot be probed, or cannot be pinged, from here now.
  /// @param user the user that the server will run as
  Diagnostics find(const std::string& user) const;

 private:
  struct Probed {
    IpAddress address;
    SourcePosition where;
  };
  struct Pinged {
    std::string check;
    SourcePosition where;
  };
  struct Family {
    std::vector<Probed> probed;  // each address once
    std::unordered_set<IpAddress> known;
    std::optional<Pinged> pinged;  // the first one
  };

  Family& family(const IpAddress& address) {
    return families_[address.family() == IpFamily::v4 ? 0 : 1];
  }

  std::array<Family, 2> families_;  // IPv4, IPv6
};

}  // namespace rollcall::setup
