/// What is to be done for the zones that are transferred, in this order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/instant.hpp"
#include "dns/name.hpp"
#include "follow/event.hpp"
#include "zone/transfer_policy.hpp"

namespace rollcall::follow {

/// Asks a primary for its SOA; Answered follows, whatever comes of it.
struct AskSerial {
  VisitId visit;
  dns::Name origin;
  zone::Primary primary;
};
/// Transfers the zone; Built, NotBuilt or NotFetched follows.
struct Fetch {
  VisitId visit;
  dns::Name origin;
  zone::Primary primary;
  std::optional<std::uint32_t> serial = {};  // the changes since then (IXFR); nothing: all (AXFR)
};
/// A round over the primaries has ended.
struct RoundEnded {
  dns::Name origin;
  bool ok = false;
  std::string text;    // what was found, or the last problem
  bool first = false;  // of a row of rounds that fail, or that do not
  bool transferred = false;
};
/// No primary has confirmed the zone for too long: it is answered with SERVFAIL.
struct Expired {
  dns::Name origin;
};
/// A primary has confirmed a zone that had expired.
struct Revived {
  dns::Name origin;
};
/// To be written to disk soon: when zones were confirmed, and when they expire.
struct KeepConfirmed {};
/// A Tick is wanted at this time, instead of the one wanted before.
struct WakeAt {
  Instant at;
};

using Effect = std::variant<AskSerial, Fetch, RoundEnded, Expired, Revived, KeepConfirmed, WakeAt>;

}  // namespace rollcall::follow
