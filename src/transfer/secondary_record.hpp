/// The values that the board of secondaries takes and gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/stored_name.hpp"
#include "zone/transfer_policy.hpp"

namespace rollcall::transfer {

/// What a client got that asked for AXFR or IXFR.
struct TakenTransfer {
  enum class Kind : std::uint8_t { whole, changes, up_to_date };

  Kind kind = Kind::whole;
  std::uint32_t serial = 0;
  Endpoint by;
  std::optional<dns::Name> key = {};
};

/// "whole", "changes", "up_to_date"
const char* to_string(TakenTransfer::Kind kind);

/// A message to a secondary, whose answer is waited for.
struct Errand {
  dns::StoredName origin;
  Endpoint secondary;
  std::optional<dns::Name> key = {};
  bool notify = false;  // else its SOA is asked for
  std::uint32_t serial = 0;
  Duration limit{};  // for the answer
  std::uint64_t follower = 0, turn = 0;
};

struct ErrandEnd {
  bool answered = false;
  bool sent = true;                          // false: this host could not send it
  bool refused = false;                      // with REFUSED
  std::optional<std::uint32_t> serial = {};  // that the secondary serves
  std::string problem = {};                  // "no response", "answered with REFUSED"
};

/// What is known of a secondary of a zone.
struct SecondaryFacts {
  std::optional<std::uint32_t> acknowledged = {};  // by its answer to NOTIFY
  std::optional<std::uint32_t> serves = {};
  std::optional<TakenTransfer> transfer = {};
  Instant transferred_at{};
  std::string problem = {};  // the last one
  Instant problem_at{};
};

struct SecondaryRecord {
  dns::StoredName origin;
  Endpoint secondary;
  std::optional<dns::Name> key = {};
  zone::View view = zone::View::live;
  std::optional<std::uint32_t> ours = {};  // in its view
  std::optional<Duration> lag = {};        // nothing: it has what is published
  SecondaryFacts facts;
};

/// A secondary lags for longer than its zone allows, or has caught up.
struct LagNews {
  dns::StoredName origin;
  Endpoint secondary;
  bool lags = true;
  std::optional<std::uint32_t> serves = {};
  std::uint32_t ours = 0;
  Duration lag{};
  std::string problem = {};
};

}  // namespace rollcall::transfer
