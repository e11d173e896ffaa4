/// What happens to the zones that are transferred from primaries; with effect.hpp, the whole
/// interface of the secondary role.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/strong_id.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "zone/transfer_policy.hpp"

namespace rollcall::follow {

/// One question to one primary, or one transfer.
using VisitId = StrongId<struct VisitIdTag, std::uint64_t>;

/// A version that is served, by its own SOA: the primary's serial, never the one that we publish.
struct Held {
  std::uint32_t serial = 0;
  std::uint32_t refresh = 0, retry = 0, expire = 0;  // seconds

  bool operator==(const Held&) const = default;
};

/// The configuration was read: these zones are transferred, no others.
struct Followed {
  struct Zone {
    dns::StoredName origin;
    std::vector<zone::Primary> primaries;  // not empty
  };
  std::vector<Zone> zones;
};
/// The start has loaded the zone's copy.
struct CopyLoaded {
  dns::Name origin;
  Held held;
  Duration age{};   // since a primary confirmed it
  Duration left{};  // until it expires; not positive: it has
};
/// There is no copy.
struct CopyMissing {
  dns::Name origin;
};
/// A NOTIFY from one of the zone's primaries.
struct Notified {
  dns::Name origin;
  IpAddress from;
  std::optional<std::uint32_t> serial = {};
};
/// The answer to AskSerial, always.
struct Answered {
  VisitId visit;
  std::string problem = {};  // why there is no serial; empty: there is one
  std::uint32_t serial = 0;
  std::optional<std::uint32_t> expire = {};  // seconds; the primary's own limit (RFC 7314)
};
/// The end of a Fetch that brings nothing.
struct NotFetched {
  VisitId visit;
  std::string problem = {};  // empty: the primary has nothing newer
};
/// The end of a Fetch whose content was built into a version and is served.
struct Built {
  VisitId visit;
  Held held;
  std::optional<std::uint32_t> changes_from = {};  // of IXFR; nothing: the whole zone came
};
/// The end of a Fetch whose content makes no zone that can be served, or does not fit.
struct NotBuilt {
  VisitId visit;
  std::string problem;
};
/// An operator wants the whole zone transferred now.
struct TransferWanted {
  dns::Name origin;
};
/// Time has passed: a WakeAt came due.
struct Tick {};

using Event = std::variant<Followed, CopyLoaded, CopyMissing, Notified, Answered, NotFetched, Built,
                           NotBuilt, TransferWanted, Tick>;

}  // namespace rollcall::follow
