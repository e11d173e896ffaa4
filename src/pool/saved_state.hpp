/// What survives a restart of the server.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "pool/kinds.hpp"

namespace rollcall::pool {

/// Older than this, saved health says nothing about today.
inline constexpr Duration kSavedHealthLifetime = std::chrono::minutes(10);

struct SavedMember {
  dns::Name pool;
  IpAddress address;
  std::string check;
  bool up = false;
  bool kept_back = false;  // by its pool's failback
  Duration age{};          // of this health, when it is saved or loaded

  bool operator==(const SavedMember&) const = default;
};

/// A witness that has answered once, so that its silence counts.
struct SavedWitness {
  IpAddress address;
  std::string check;

  bool operator==(const SavedWitness&) const = default;
};

struct SavedHealth {
  std::vector<SavedMember> members;
  std::vector<SavedWitness> witnesses;  // however old

  bool operator==(const SavedHealth&) const = default;
};

struct SavedOverride {
  dns::Name pool;
  IpAddress address;
  std::string exchange;  // of a pool of MX records; else empty
  OverrideKind kind = OverrideKind::drained;
  std::optional<Duration> left;  // when it is saved or loaded; nothing: no end
  std::string reason;

  bool operator==(const SavedOverride&) const = default;
};

/// The overrides in force.
struct SavedOverrides {
  std::vector<SavedOverride> members;
  bool normal = false;
  std::optional<Duration> normal_left;  // nothing: no end

  bool operator==(const SavedOverrides&) const = default;
};

/// A restart that the agent of a member was asked for.
struct SavedRestart {
  dns::Name pool;
  IpAddress address;
  std::string exchange;  // of a pool of MX records; else empty
  Duration age{};        // when it is saved or loaded

  bool operator==(const SavedRestart&) const = default;
};

/// Of a zone that is transferred: when a primary confirmed it last, and until when that counts.
struct SavedTransfer {
  WallTime confirmed{};
  WallTime expires{};

  bool operator==(const SavedTransfer&) const = default;
};
using SavedTransfers = std::map<dns::StoredName, SavedTransfer, dns::CanonicalLess>;  // by origin

/// Of one zone.
struct SavedSerial {
  std::uint32_t ceiling = 0;  // no serial above it was published
  std::string content;        // digest of what it was published with; empty: unknown

  bool operator==(const SavedSerial&) const = default;
};
using SavedSerials = std::map<dns::StoredName, SavedSerial, dns::CanonicalLess>;  // by origin

/// What the last run left behind.
struct SavedState {
  SavedHealth health;  // without what is older than kSavedHealthLifetime
  SavedSerials serials = {};
  SavedOverrides overrides = {};
  std::vector<SavedRestart> restarts = {};
  SavedTransfers transfers = {};
};

}  // namespace rollcall::pool
