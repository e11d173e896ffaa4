#include "app/check_files.hpp"

#include <fmt/format.h>
#include <pwd.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "app/access_as.hpp"
#include "app/key_files.hpp"
#include "app/print.hpp"
#include "app/probe_files.hpp"
#include "app/reach.hpp"
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

/// The RRsets that are pools, by their owner, without those that only follow pools.
using PoolRrsets = std::unordered_map<dns::Name, std::vector<const zone::WatchedRrset*>>;

PoolRrsets pool_rrsets(const zone::Zone& zone) {
  PoolRrsets found;
  for (const zone::WatchedRrset& rrset : zone.watched()) {
    if (rrset.records[0].is_member()) found[rrset.owner].push_back(&rrset);
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
       fmt::format(
           "pool {1}: clients may cache a dead {0} record for {2} s ({3} s or less recommended)",
           dns::type_name(type), pool.name.to_display(), header->ttl, kLongPoolTtl)});
}

/// The members of a pool that can be probed, by the words with which `members` may name them.
struct Members {
  void add(const IpAddress& address) {
    words.push_back(address.to_string());
    addresses.push_back(address);
  }

  std::vector<std::string> words;
  std::vector<IpAddress> addresses;
  bool complete = true;  // false where some are in another zone that is served here
  bool only_fallback = true;
};

/// Whether this member is a fallback, by `members` and `fallback`.
bool is_fallback(const roster::PoolSpec& pool, const IpAddress& address,
                 const dns::Name* exchange) {
  std::optional<roster::Tier> tier;
  const auto own = pool.members.find(address);
  if (own != pool.members.end()) tier = own->second.tier;
  if (!tier && exchange != nullptr) {
    const auto its = pool.exchanges.find(*exchange);
    if (its != pool.exchanges.end()) tier = its->second.tier;
  }
  return tier == roster::Tier::fallback;
}

/// The data against which pools are checked.
struct Known {
  const config::Options& options;
  const ZonePools& pools;
  std::unordered_map<dns::Name, const zone::Zone*> zones;  // those that are loaded, by origin
  std::set<std::string> witnesses;
};

/// Adds the addresses of an exchange, or the reason why it has none.
void add_exchange(const roster::PoolSpec& pool, const dns::Name& exchange, const Known& known,
                  Members& members, Diagnostics& found) {
  const config::ZoneOptions* owner = known.pools.zone_of(exchange);
  std::vector<IpAddress> addresses;
  if (owner) {
    const auto zone = known.zones.find(owner->origin);
    if (zone == known.zones.end()) {
      members.complete = false;
      return;
    }
    addresses = zone::addresses_of(*zone->second, exchange);
  }
  for (const IpAddress& address : addresses) {
    members.add(address);
    members.only_fallback &= is_fallback(pool, address, &exchange);
  }
  members.only_fallback &= !addresses.empty();  // never probed means always answered
  if (!addresses.empty()) {
    members.words.push_back(exchange.to_display());
    return;
  }
  found.push_back(
      {Severity::warning, place_of(pool.name, known.options),
       fmt::format(
           "pool {}: the exchange {} {}, so it is never probed and always answered",
           pool.name.to_display(), exchange.to_display(),
           owner ? "has no A or AAAA record in its zone file" : "is in no zone served here")});
}

void check_member(const roster::PoolSpec& pool, const std::string& member, const Members& members,
                  const config::Options& options, Diagnostics& found) {
  if (std::ranges::find(members.words, member) != members.words.end()) return;
  const std::vector<std::string_view> words(members.words.begin(), members.words.end());
  const auto near = nearest_word(member, words);
  const auto place = options.member_places.find({pool.name.to_display(), member});
  const bool mx = pool.records == roster::PoolRecords::mx;
  found.push_back(
      {Severity::warning,
       place == options.member_places.end() ? place_of(pool.name, options) : place->second,
       fmt::format("member {} is not an {} of {} in the zone file: ignored{}", member,
                   mx ? "exchange, nor an address of one," : "address", pool.name.to_display(),
                   near ? fmt::format("; did you mean \"{}\"?", *near) : "")});
}

/// A witness must show the state of the network, not of a service that fails with its host.
void check_witnesses(const roster::PoolSpec& pool, const Members& members, const Known& known,
                     Diagnostics& found) {
  if (known.witnesses.empty()) return;
  const std::set<std::string> words(members.words.begin(), members.words.end());
  for (const std::string& address : words) {
    if (!known.witnesses.contains(address)) continue;
    found.push_back({Severity::warning, place_of(pool.name, known.options),
                     fmt::format("witness {} is a member of pool {}: its failure would look like a "
                                 "fault of the nameserver's own network",
                                 address, pool.name.to_display())});
  }
}

/// Adds the targets of the pool's probes.
void add_targets(const roster::PoolSpec& pool, const Members& members, const SourcePosition& where,
                 Reach& reach) {
  for (const IpAddress& address : members.addresses) {
    const auto own = pool.members.find(address);
    const bool elsewhere = own != pool.members.end() && own->second.probe_address;
    const IpAddress& target = elsewhere ? *own->second.probe_address : address;
    for (const health::CheckSpec& check : pool.checks) {
      reach.add(check, target, where);
    }
  }
}

void check_pool(const roster::PoolSpec& pool, const zone::Zone& zone, const PoolRrsets& rrsets,
                const Known& known, Reach& reach, Diagnostics& found) {
  const SourcePosition where = place_of(pool.name, known.options);
  Members members;
  std::set<dns::Name, dns::CanonicalLess> exchanges;
  const auto own = rrsets.find(pool.name);
  if (own == rrsets.end()) return;  // the zone has no such records, and its load has reported that
  for (const zone::WatchedRrset* rrset : own->second) {
    check_ttl(pool, zone, rrset->type, where, found);
    for (const zone::WatchedRecord& record : rrset->records) {
      if (record.address) {
        members.add(*record.address);
        members.only_fallback &= is_fallback(pool, *record.address, nullptr);
      }
      if (record.exchange) exchanges.insert(*record.exchange);
    }
  }
  for (const dns::Name& exchange : exchanges) {
    add_exchange(pool, exchange, known, members, found);
  }
  check_witnesses(pool, members, known, found);
  add_targets(pool, members, where, reach);
  if (!members.complete) return;
  if (!exchanges.empty() && members.words.empty()) {
    found.push_back(
        {Severity::warning, where,
         fmt::format("pool {}: none of its exchanges can be probed; all are always answered",
                     pool.name.to_display())});
    return;
  }
  if (members.only_fallback && !members.words.empty()) {
    found.push_back({Severity::warning, where,
                     fmt::format("pool {}: fallback names all members, so it has no effect",
                                 pool.name.to_display())});
  }
  for (const auto& [address, spec] : pool.members) {
    check_member(pool, address.to_string(), members, known.options, found);
  }
  for (const auto& [exchange, spec] : pool.exchanges) {
    check_member(pool, exchange.lowered().to_display(), members, known.options, found);
  }
}

/// @return null where the file has errors
std::shared_ptr<const zone::Zone> check_zone(const config::ZoneOptions& zone,
                                             const config::Options& options,
                                             const ZonePools& zone_pools,
                                             const server::ReadText& read, CheckedFiles& checked) {
  const std::vector<dns::Name> pools = zone_pools.names(zone.origin);
  const std::vector<dns::Name> mx_pools = zone_pools.names(zone.origin, roster::PoolRecords::mx);
  const zone::PoolPlace place = [&](const dns::Name& pool) { return place_of(pool, options); };
  zone::LoadReport report =
      zone::load_zone({zone.origin, zone.file, pools, mx_pools, place, zone.file_where},
                      server::reader_beside(zone.file, read));
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
  found.push_back({Severity::error, options.server.user_where,
                   fmt::format("server.user: no user \"{}\" on this machine", user)});
}

}  // namespace

SourcePosition place_of(const dns::Name& pool, const config::Options& options) {
  const auto found = options.pool_places.find(pool.to_display());
  return found == options.pool_places.end() ? SourcePosition{options.file, 0, 0} : found->second;
}

Diagnostics check_pools(const config::Options& options, const ZonePools& pools, LoadedZones zones) {
  Known known{options, pools, {}, {}};
  for (const roster::WitnessSpec& witness : options.health.guard.witnesses) {
    known.witnesses.insert(witness.address.to_string());
  }
  for (const zone::Zone* zone : zones) known.zones.emplace(zone->origin(), zone);
  Diagnostics found;
  Reach reach;
  for (const zone::Zone* zone : zones) {
    const PoolRrsets rrsets = pool_rrsets(*zone);
    for (const roster::PoolSpec* pool : pools.of(zone->origin())) {
      check_pool(*pool, *zone, rrsets, known, reach, found);
    }
  }
  append(found, reach.find(options.server.user));
  if (found.size() > kMaxDiagnostics) keep_first(found, options.file);
  return found;
}

CheckedFiles check_files(const std::string& config_file) {
  CheckedFiles checked;
  const Result<server::FileText> file = server::read_directly()(config_file, {});
  if (!file) {
    checked.diagnostics.push_back({Severity::error, {}, file.error().message});
    return checked;
  }
  config::ParsedOptions parsed =
      config::parse_options(file->text, config_file, server::find_service_port);
  checked.diagnostics = std::move(parsed.diagnostics);
  if (!parsed.options) return checked;
  const server::ReadText read = server::read_file;  // no pipes: a start refuses them, too
  check_user(*parsed.options, checked.diagnostics);
  append(checked.diagnostics, check_key_files(*parsed.options, read));
  append(checked.diagnostics, check_probe_files(*parsed.options, read));
  append(checked.diagnostics, check_access(*parsed.options));
  server::TlsContexts contexts;
  append(checked.diagnostics, read_authorities(*parsed.options, read, contexts));
  const ZonePools pools(*parsed.options);
  std::vector<std::shared_ptr<const zone::Zone>> kept;
  std::vector<const zone::Zone*> zones;
  for (const config::ZoneOptions& zone : parsed.options->zones) {
    kept.push_back(check_zone(zone, *parsed.options, pools, read, checked));
    if (kept.back()) zones.push_back(kept.back().get());
  }
  append(checked.diagnostics, check_pools(*parsed.options, pools, zones));
  return checked;
}

int run_check(const std::string& config_file, bool as_json) {
  const CheckedFiles checked = check_files(config_file);
  const bool good = !has_errors(checked.diagnostics);
  const std::string verdict = config_file + (good ? ": OK" : ": has errors");
  if (as_json) {
    print_out(good ? control::done_reply(verdict, checked.diagnostics)
                   : control::failure_reply(verdict, checked.diagnostics));
    return good ? 0 : 1;
  }
  print_error(checked.diagnostics);
  for (const std::string& line : checked.summary) print_out(line);
  good ? print_out(verdict) : print_error(verdict);
  return good ? 0 : 1;
}

int run_checkzone(const dns::Name& origin, const std::string& file, bool as_json) {
  const zone::LoadReport report =
      zone::load_zone({origin, file, {}}, server::reader_beside(file, server::read_directly()));
  const std::string verdict =
      report.zone ? fmt::format("zone {}/IN: loaded serial {}", origin.to_display(),
                                report.zone->soa().serial)
                  : fmt::format("zone {}/IN: not loaded due to errors.", origin.to_display());
  if (as_json) {
    print_out(report.zone ? control::done_reply(verdict, report.diagnostics)
                          : control::failure_reply(verdict, report.diagnostics));
    return report.zone ? 0 : 1;
  }
  print_error(report.diagnostics);
  report.zone ? print_out(verdict) : print_error(verdict);
  if (report.zone) print_out("OK");
  return report.zone ? 0 : 1;
}

}  // namespace rollcall::app
