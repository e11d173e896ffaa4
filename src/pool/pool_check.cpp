#include "pool/pool_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/nearest.hpp"
#include "dns/name_hash.hpp"
#include "dns/record_type.hpp"
#include "zone/addresses.hpp"

namespace rollcall::pool {
namespace {

/// The RRsets that are pools, by their owner, without those that only follow pools.
using PoolRrsets = std::unordered_map<dns::Name, std::vector<const zone::WatchedRrset*>>;

PoolRrsets pool_rrsets(const zone::Zone& zone) {
  PoolRrsets found;
  for (const zone::WatchedRrset& rrset : zone.watched()) {
    if (rrset.records[0].is_member()) found[rrset.owner].push_back(&rrset);
  }
  return found;
}

void check_ttl(const PoolSpec& pool, const zone::Zone& zone, dns::Type type,
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
  bool complete = true;  // false where some are in a zone that is not loaded yet
  bool only_fallback = true;
};

/// Whether this member is a fallback, by `members` and `fallback`.
bool is_fallback(const PoolSpec& pool, const IpAddress& address, const dns::Name* exchange) {
  std::optional<Tier> tier;
  const auto own = pool.members.find(address);
  if (own != pool.members.end()) tier = own->second.tier;
  if (!tier && exchange != nullptr) {
    const auto its = pool.exchanges.find(*exchange);
    if (its != pool.exchanges.end()) tier = its->second.tier;
  }
  return tier == Tier::fallback;
}

/// Adds the addresses of an exchange, or the reason why it has none.
void add_exchange(const PoolSpec& pool, const dns::Name& exchange, const Served& served,
                  Members& members, Diagnostics& found) {
  const std::optional<dns::Name> owner = served.zone_of(exchange);
  std::vector<IpAddress> addresses;
  if (owner) {
    const auto zone = served.zones.find(*owner);
    if (zone == served.zones.end()) {
      members.complete = false;
      return;
    }
    addresses = zone::addresses_of(*zone->second, exchange);
  }
  for (const IpAddress& address : addresses) {
    members.add(address);
    members.only_fallback &= is_fallback(pool, address, &exchange);
  }
  members.only_fallback &= !addresses.empty();  // never probed, always answered
  if (!addresses.empty()) {
    members.words.push_back(exchange.to_display());
    return;
  }
  found.push_back(
      {Severity::warning, served.place_of(pool.name),
       fmt::format(
           "pool {}: the exchange {} {}, so it is never probed and always answered",
           pool.name.to_display(), exchange.to_display(),
           owner ? "has no A or AAAA record in its zone file" : "is in no zone served here")});
}

void check_member(const PoolSpec& pool, const std::string& member, const Members& members,
                  const Served& served, Diagnostics& found) {
  if (std::ranges::find(members.words, member) != members.words.end()) return;
  const std::vector<std::string_view> words(members.words.begin(), members.words.end());
  const auto near = nearest_word(member, words);
  const bool mx = pool.records == PoolRecords::mx;
  found.push_back(
      {Severity::warning, served.member_place(pool.name, member),
       fmt::format("member {} is {} of {} in the zone file: ignored{}", member,
                   mx ? "neither an exchange nor the address of an exchange" : "not an address",
                   pool.name.to_display(),
                   near ? fmt::format("; did you mean \"{}\"?", *near) : "")});
}

/// A witness must show the state of the network, not of a service that fails with its host.
void check_witnesses(const PoolSpec& pool, const Members& members, const Served& served,
                     Diagnostics& found) {
  if (served.witnesses.empty()) return;
  const std::set<std::string> words(members.words.begin(), members.words.end());
  for (const std::string& address : words) {
    if (!served.witnesses.contains(address)) continue;
    found.push_back({Severity::warning, served.place_of(pool.name),
                     fmt::format("witness {} is a member of pool {}: its failure would look like a "
                                 "fault of the nameserver's own network",
                                 address, pool.name.to_display())});
  }
}

void check_pool(const PoolSpec& pool, const zone::Zone& zone, const PoolRrsets& rrsets,
                const Served& served, const OnProbed& on_probed, Diagnostics& found) {
  const SourcePosition where = served.place_of(pool.name);
  Members members;
  std::set<dns::Name, dns::CanonicalLess> exchanges;
  const auto own = rrsets.find(pool.name);
  if (own == rrsets.end()) return;  // the zone has no such records: its load has warned of that
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
    add_exchange(pool, exchange, served, members, found);
  }
  check_witnesses(pool, members, served, found);
  for (const IpAddress& address : members.addresses) on_probed(pool, address, where);
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
    check_member(pool, address.to_string(), members, served, found);
  }
  for (const auto& [exchange, spec] : pool.exchanges) {
    check_member(pool, exchange.lowered().to_display(), members, served, found);
  }
}

}  // namespace

Diagnostics check_pools(std::span<const PoolSpec* const> pools, const zone::Zone& zone,
                        const Served& served, const OnProbed& on_probed) {
  const PoolRrsets rrsets = pool_rrsets(zone);
  Diagnostics found;
  for (const PoolSpec* pool : pools) check_pool(*pool, zone, rrsets, served, on_probed, found);
  return found;
}

}  // namespace rollcall::pool
