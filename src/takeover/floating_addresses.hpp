/// Looks at a floating address and its owner, takes the address and gives it back. What this host
/// has is read from its interfaces each time: nothing is remembered that could be wrong.
#pragma once

#include <set>
#include <string>

#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "io/async.hpp"
#include "takeover/commands.hpp"

namespace rollcall::takeover {

struct Look {
  bool holds = false;          // this host has the address
  bool owner_answers = false;  // to ping or neighbour discovery; or this host is the owner
  bool contested = false;      // another station answers for the address

  bool operator==(const Look&) const = default;
};

/// One floating address as it is asked about.
struct Subject {
  IpAddress address;
  IpAddress owner;  // the owner's own other address
  std::string interface;
};

/// Takes up to 3 s. On the owner, who asks nobody, `contested` is false.
/// @return an error where it cannot be known: an interface without a carrier, a program that is
/// not there
asio::awaitable<Result<Look>> look(Subject subject);

/// Adds the address and tells the neighbours; where this host has it already, tells them again.
/// Refuses while another station answers for the address, or its owner is alive elsewhere.
/// @return a warning, empty where all went well
asio::awaitable<Result<std::string>> take(Subject subject);

/// Removes the address where the agent has added it.
asio::awaitable<Result<void>> give_back(Subject subject);

}  // namespace rollcall::takeover
