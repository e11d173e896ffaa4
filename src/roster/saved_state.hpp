/// What survives a restart of the server.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"

namespace rollcall::roster {

/// Older than this, saved health says nothing about today.
inline constexpr Duration kSavedHealthLifetime = std::chrono::minutes(10);

struct SavedMember {
  dns::Name pool;
  IpAddress address;
  std::string check;
  bool up = false;

  bool operator==(const SavedMember&) const = default;
};

struct SavedHealth {
  std::vector<SavedMember> members;

  bool operator==(const SavedHealth&) const = default;
};

/// What the last run left behind.
struct SavedState {
  SavedHealth health;  // empty where it was older than kSavedHealthLifetime
  std::map<dns::Name, std::uint32_t, dns::CanonicalLess> serial_ceilings;  // by origin
};

}  // namespace rollcall::roster
