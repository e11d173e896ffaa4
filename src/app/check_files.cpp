#include "app/check_files.hpp"

#include <fmt/format.h>
#include <pwd.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "app/key_files.hpp"
#include "app/probe_files.hpp"
#include "control/views.hpp"
#include "core/nearest.hpp"
#include "dns/name_hash.hpp"
#include "server/file_reader.hpp"
#include "zone/addresses.hpp"

namespace rollcall::app {
namespace {

void append(Diagnostics& to, Diagnostics from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// The most specific zone that a name lies in.
const config::ZoneOptions* zone_of(const dns::Name& name, const config::Options& options) {
  const config::ZoneOptions* best = nullptr;
  for (const config::ZoneOptions& zone : options.zones) {
    if (!name.is_at_or_below(zone.origin)) continue;
    if (!best || zone.origin.label_count() > best->origin.label_count()) best = &zone;
  }
  return best;
}

SourcePosition place_of(const roster::PoolSpec& pool, const config::Options& options) {
  const auto found = options.pool_places.find(pool.name.to_display());
  return found == options.pool_places.end() ? SourcePosition{options.file, 0, 0} : found->second;
}

using Found = std::vector<const zone::WatchedRrset*>;

/// The RRsets that are the pool: not those at its name that follow others.
Found rrsets_of(const roster::PoolSpec& pool, const zone::Zone& zone) {
  Found found;
  for (const zone::WatchedRrset& rrset : zone.watched()) {
    if (rrset.owner == pool.name && rrset.records[0].is_member()) found.push_back(&rrset);
  }
  return found;
}

void check_ttl(const roster::PoolSpec& pool, const zone::Zone& zone, dns::Type type,
               const SourcePosition& where, Diagnostics& found) {
  const dns::Name name = pool.name.lowered();
  const zone::NodeHeader* node = zone.find(dns::hash_name(name.wire()), name.wire());
  const zone::RrsetHeader* header = node ? node->find(type) : nullptr;
  if (!header || header->ttl <= kLongPoolTtl) return;
  found.push_back(
      {Severity::warning, where,
       fmt::format("the {} records of the pool {} have a TTL of {} s: clients keep a "
                   "dead address for so long ({} s or less is good)",
                   dns::type_name(type), pool.name.to_display(), header->ttl, kLongPoolTtl)});
}

/// What there is to be probed in a pool, by the words that `members` may name it by.
struct Members {
  std::vector<std::string> words;
  bool complete = true;  // false where some lie in another zone that is served here
};

/// Null where it is not among `zones`.
const zone::Zone* find_zone(LoadedZones zones, const dns::Name& origin) {
  const auto found =
      std::ranges::find_if(zones, [&](const zone::Zone* zone) { return zone->origin() == origin; });
  return found == zones.end() ? nullptr : *found;
}

/// The addresses of an exchange, or why it has none.
void add_exchange(const roster::PoolSpec& pool, const dns::Name& exchange, LoadedZones zones,
                  const config::Options& options, Members& members, Diagnostics& found) {
  const config::ZoneOptions* owner = zone_of(exchange, options);
  std::vector<IpAddress> addresses;
  if (owner) {
    const zone::Zone* zone = find_zone(zones, owner->origin);
    if (zone == nullptr) {
      members.complete = false;
      return;
    }
    addresses = zone::addresses_of(*zone, exchange);
  }
  for (const IpAddress& address : addresses) members.words.push_back(address.to_string());
  if (!addresses.empty()) {
    members.words.push_back(exchange.to_display());
    return;
  }
  found.push_back(
      {Severity::warning, place_of(pool, options),
       fmt::format("pool {}: the exchange {} {}, so it is never probed and always answered",
                   pool.name.to_display(), exchange.to_display(),
                   owner ? "has no A or AAAA record in its zone file"
                         : "lies in no zone that is served here")});
}

void check_member(const roster::PoolSpec& pool, const std::string& member, const Members& members,
                  const config::Options& options, Diagnostics& found) {
  if (std::ranges::find(members.words, member) != members.words.end()) return;
  const std::vector<std::string_view> words(members.words.begin(), members.words.end());
  const auto near = nearest_word(member, words);
  const auto place = options.member_places.find({pool.name.to_display(), member});
  const bool mx = pool.records == roster::PoolRecords::mx;
  found.push_back(
      {Severity::error,
       place == options.member_places.end() ? place_of(pool, options) : place->second,
       fmt::format("the member {} is no {} of {} in its zone file{}", member,
                   mx ? "exchange, nor an address of one," : "address", pool.name.to_display(),
                   near ? fmt::format(", did you mean \"{}\"?", *near) : "")});
}

/// A witness is to speak of the network, not of a service that dies with its host.
void check_witnesses(const roster::PoolSpec& pool, const Members& members,
                     const config::Options& options, Diagnostics& found) {
  for (const roster::WitnessSpec& witness : options.health.guard.witnesses) {
    const std::string address = witness.address.to_string();
    if (std::ranges::find(members.words, address) == members.words.end()) continue;
    found.push_back({Severity::warning, place_of(pool, options),
                     fmt::format("the witness {} is a member of the pool {}: when it dies, that is "
                                 "taken for a loss of our own network",
                                 address, pool.name.to_display())});
  }
}

void check_pool(const roster::PoolSpec& pool, const zone::Zone& zone, LoadedZones zones,
                const config::Options& options, Diagnostics& found) {
  const SourcePosition where = place_of(pool, options);
  Members members;
  std::set<dns::Name, dns::CanonicalLess> exchanges;
  for (const zone::WatchedRrset* rrset : rrsets_of(pool, zone)) {
    check_ttl(pool, zone, rrset->type, where, found);
    for (const zone::WatchedRecord& record : rrset->records) {
      if (record.address) members.words.push_back(record.address->to_string());
      if (record.exchange) exchanges.insert(*record.exchange);
    }
  }
  for (const dns::Name& exchange : exchanges) {
    add_exchange(pool, exchange, zones, options, members, found);
  }
  check_witnesses(pool, members, options, found);
  if (!members.complete) return;
  if (!exchanges.empty() && members.words.empty()) {
    found.push_back(
        {Severity::error, where,
         fmt::format("pool {}: none of its exchanges can be probed", pool.name.to_display())});
    return;
  }
  for (const auto& [address, spec] : pool.members) {
    check_member(pool, address.to_string(), members, options, found);
  }
  for (const auto& [exchange, spec] : pool.exchanges) {
    check_member(pool, exchange.lowered().to_display(), members, options, found);
  }
}

/// @return null where the file has errors
std::shared_ptr<const zone::Zone> check_zone(const config::ZoneOptions& zone,
                                             const config::Options& options,
                                             CheckedFiles& checked) {
  const std::vector<dns::Name> pools = pools_of(zone, options);
  const std::vector<dns::Name> mx_pools = pools_of(zone, options, roster::PoolRecords::mx);
  zone::LoadReport report =
      zone::load_zone({zone.origin, zone.file, pools, mx_pools}, server::reader_beside(zone.file));
  append(checked.diagnostics, std::move(report.diagnostics));
  if (!report.zone) return nullptr;
  checked.summary.push_back(fmt::format("zone {}: serial {}, records {}, pools {}",
                                        zone.origin.to_display(), report.zone->soa().serial,
                                        report.zone->records(), pools.size() + mx_pools.size()));
  return report.zone;
}

void check_user(const config::Options& options, Diagnostics& found) {
  const std::string& user = options.server.user;
  if (user.empty() || ::getpwnam(user.c_str()) != nullptr) return;
  found.push_back({Severity::error,
                   {options.file, 0, 0},
                   fmt::format("server.user: no user \"{}\" on this machine", user)});
}

void print_lines(std::FILE* out, const std::string& text) {
  std::fputs((text + "\n").c_str(), out);
}

void print_diagnostics(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) print_lines(stderr, to_string(diagnostic));
}

}  // namespace

std::vector<dns::Name> pools_of(const config::ZoneOptions& zone, const config::Options& options,
                                roster::PoolRecords records) {
  std::vector<dns::Name> names;
  for (const roster::PoolSpec& pool : options.pools) {
    const config::ZoneOptions* owner = zone_of(pool.name, options);
    const bool is_it = pool.records == records && owner && owner->origin == zone.origin;
    if (is_it) names.push_back(pool.name);
  }
  return names;
}

Diagnostics check_pools(const config::Options& options, LoadedZones zones) {
  Diagnostics found;
  for (const roster::PoolSpec& pool : options.pools) {
    const config::ZoneOptions* owner = zone_of(pool.name, options);
    const zone::Zone* zone = owner ? find_zone(zones, owner->origin) : nullptr;
    if (zone != nullptr) check_pool(pool, *zone, zones, options, found);
  }
  return found;
}

CheckedFiles check_files(const std::string& config_file) {
  CheckedFiles checked;
  const Result<std::string> text = server::read_text_file(config_file);
  if (!text) {
    checked.diagnostics.push_back({Severity::error, {}, text.error().message});
    return checked;
  }
  config::ParsedOptions parsed =
      config::parse_options(*text, config_file, server::find_service_port);
  checked.diagnostics = std::move(parsed.diagnostics);
  if (!parsed.options) return checked;
  check_user(*parsed.options, checked.diagnostics);
  append(checked.diagnostics, check_key_files(*parsed.options));
  append(checked.diagnostics, check_probe_files(*parsed.options));
  std::vector<std::shared_ptr<const zone::Zone>> kept;
  std::vector<const zone::Zone*> zones;
  for (const config::ZoneOptions& zone : parsed.options->zones) {
    kept.push_back(check_zone(zone, *parsed.options, checked));
    if (kept.back()) zones.push_back(kept.back().get());
  }
  append(checked.diagnostics, check_pools(*parsed.options, zones));
  return checked;
}

int run_check(const std::string& config_file, bool as_json) {
  const CheckedFiles checked = check_files(config_file);
  const bool good = !has_errors(checked.diagnostics);
  const std::string verdict = config_file + (good ? ": OK" : ": has errors");
  if (as_json) {
    print_lines(stdout, good ? control::done_reply(verdict, checked.diagnostics)
                             : control::failure_reply(verdict, checked.diagnostics));
    return good ? 0 : 1;
  }
  print_diagnostics(checked.diagnostics);
  for (const std::string& line : checked.summary) print_lines(stdout, line);
  print_lines(good ? stdout : stderr, verdict);
  return good ? 0 : 1;
}

int run_checkzone(const dns::Name& origin, const std::string& file, bool as_json) {
  const zone::LoadReport report = zone::load_zone({origin, file, {}}, server::reader_beside(file));
  const std::string verdict =
      report.zone ? fmt::format("zone {}/IN: loaded serial {}", origin.to_display(),
                                report.zone->soa().serial)
                  : fmt::format("zone {}/IN: not loaded due to errors.", origin.to_display());
  if (as_json) {
    print_lines(stdout, report.zone ? control::done_reply(verdict, report.diagnostics)
                                    : control::failure_reply(verdict, report.diagnostics));
    return report.zone ? 0 : 1;
  }
  print_diagnostics(report.diagnostics);
  print_lines(report.zone ? stdout : stderr, verdict);
  if (report.zone) print_lines(stdout, "OK");
  return report.zone ? 0 : 1;
}

}  // namespace rollcall::app
