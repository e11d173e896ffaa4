#include "roll/roll.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rollcall::roll {

std::string to_display(const Member& member) {
  if (member.elsewhere) return member.exchange;
  if (member.exchange.empty()) return member.address.to_string();
  return fmt::format("{} ({})", member.exchange, member.address.to_string());
}

void apply_spec(const PoolSpec& spec, Member& member) {
  MemberSpec said{.restart = spec.restart, .tier = Tier::primary};
  member.probed = {member.address, spec.port};
  const auto add = [&](const MemberSpec& its) {
    if (its.restart) said.restart = its.restart;
    if (its.tier) said.tier = its.tier;
    if (its.weight) said.weight = its.weight;
    if (its.port != 0) member.probed.port = its.port;
  };
  for (const auto& [exchange, its] : spec.exchanges) {
    if (exchange.lowered().to_display() == member.exchange) add(its);
  }
  const auto own = spec.members.find(member.address);
  if (own != spec.members.end()) {
    add(own->second);
    member.probed.address = own->second.probe_address.value_or(member.address);
  }
  member.service = *said.restart;
  member.tier = *said.tier;
  member.weight = said.weight.value_or(1);
}

std::vector<PoolIndex> Roll::pools() const {
  std::vector<PoolIndex> found;
  each_pool([&](PoolIndex pool, const Pool&) { found.push_back(pool); });
  return found;
}

std::optional<PoolIndex> Roll::find(ZoneIndex zone, const dns::Name& name) const {
  const auto [begin, end] = by_name_.equal_range(name);
  for (auto found = begin; found != end; ++found) {
    if (pools_[found->second]->zone == zone) return found->second;
  }
  return std::nullopt;
}

std::vector<PoolIndex> Roll::named(const dns::Name& name) const {
  std::vector<PoolIndex> found;
  const auto [begin, end] = by_name_.equal_range(name);
  for (auto one = begin; one != end; ++one) found.push_back(one->second);
  std::ranges::sort(found);
  return found;
}

PoolIndex Roll::add(ZoneIndex zone, const dns::Name& name) {
  const PoolIndex pool = pools_.next_id();
  pools_.push_back(std::make_unique<Pool>());
  pools_[pool]->spec.name = name;
  pools_[pool]->zone = zone;
  by_name_.emplace(name, pool);
  return pool;
}

void Roll::remove(PoolIndex pool) {
  const auto [begin, end] = by_name_.equal_range(pools_[pool]->spec.name);
  for (auto found = begin; found != end; ++found) {
    if (found->second != pool) continue;
    by_name_.erase(found);
    break;
  }
  pools_[pool].reset();
}

}  // namespace rollcall::roll
