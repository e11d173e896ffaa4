/// Which hosts may transfer or update a zone, which ones get a NOTIFY of its changes, and from
/// which ones it comes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::zone {

/// One entry of allow_transfer: a block of addresses or a TSIG key, not both.
struct TransferGrant {
  std::optional<IpPrefix> prefix;
  std::optional<dns::Name> key;
};

/// What a secondary gets of a zone.
enum class View : std::uint8_t {
  live,  // the records that are answered
  full,  // all records, under serials of its own: they move with the content, and with no flip
};

/// Gets NOTIFY and may transfer; with a key only under that key.
struct Secondary {
  Endpoint address;
  std::optional<dns::Name> key;
  View view = View::live;  // `full` only with a key, by which it is recognised
};

/// The zone is transferred from it, and its NOTIFY counts; with a key all of that under the key.
struct Primary {
  Endpoint address;
  std::optional<dns::Name> key;

  bool operator==(const Primary&) const = default;
};

struct TransferPolicy {
  std::vector<Secondary> secondaries;
  std::vector<TransferGrant> grants;    // in addition to the secondaries
  std::vector<Primary> primaries = {};  // tried in turn; none: the zone has a file

  bool is_transferred() const noexcept { return !primaries.empty(); }

  /// @param key the name of the TSIG key that verified the request, if any
  bool allows(const IpAddress& client, const std::optional<dns::Name>& key) const;
  /// What requests under that key are answered from.
  View view_of(const std::optional<dns::Name>& key) const;
  /// Whether a secondary has the view `full`.
  bool has_full() const;
};

/// Names below a zone's origin, by their labels from the left: "*" is one label, "**" zero or more.
struct NamePattern {
  std::vector<std::string> labels;  // in lower case; none: the origin itself
  std::string text;                 // as configured

  /// Without "*" and "**" it stands for one name.
  bool is_exact() const noexcept;
  /// @param name at or below `origin`
  bool matches(const dns::Name& name, const dns::Name& origin) const;
};

/// One entry of allow_update. It has a key or a block of addresses, not both.
struct UpdateGrant {
  std::optional<dns::Name> key;
  std::optional<IpPrefix> prefix;
  std::vector<NamePattern> names = {};        // none: every name of the zone
  std::vector<dns::Type> types = {};          // none: all but those of is_guarded()
  std::optional<std::uint32_t> max_ttl = {};  // seconds
  std::optional<std::uint32_t> max_age = {};  // seconds, after which a record is removed again
  bool pools = false;                         // the records of pools, too
  SourcePosition where = {};

  bool covers(const dns::Name& name, const dns::Name& origin) const;
  /// @param guarded the name and the type are those of is_guarded()
  bool covers(dns::Type type, bool guarded) const;
  /// True where a pattern without "*" names it.
  bool names_exactly(const dns::Name& name, const dns::Name& origin) const;
};

/// The SOA and the NS records at the apex, and the types of DNSSEC: only an entry that names both
/// the name and the type lets them change.
bool is_guarded(dns::Type type, bool at_apex) noexcept;

/// The sender of an update.
struct UpdateClient {
  IpAddress address;             // unmapped
  bool can_be_forged = true;     // it came over UDP, and not from this host
  std::optional<dns::Name> key;  // that verified the request
};

struct UpdatePolicy {
  std::vector<UpdateGrant> grants;

  static bool concerns(const UpdateGrant& grant, const UpdateClient& client);
  bool concerns(const UpdateClient& client) const;
};

}  // namespace rollcall::zone
