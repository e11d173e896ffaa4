#include "convert/phonax_pools.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/service_name.hpp"

namespace rollcall::convert {
namespace {

constexpr std::uint16_t kPhonaxAgentPort = 2224;  // of the scripts, and of rollcall-agent

}  // namespace

PhonaxPools::Member& PhonaxPools::member(Pool& pool, const PhonaxCheck& check) {
  const auto [at, fresh] = pool.index.emplace(check.address, pool.members.size());
  if (fresh) pool.members.push_back({check.address, {check.where, {}, {}}});
  return pool.members[at->second].second;
}

void PhonaxPools::add(const PhonaxCheck& check) {
  const std::string host = check.host.to_display();
  const std::string address = check.address.to_string();
  const TargetZone* zone = target_.zone_of(check.host);
  if (zone == nullptr) {
    return target_.left(check.where, fmt::format("{} is in none of the zones", host));
  }
  const std::set<IpAddress>& known = target_.addresses(check.host);
  if (!known.contains(check.address)) {
    return target_.left(check.where,
                        fmt::format("{} has no address {} in {}", host, address, zone->path));
  }
  if (const std::string why = target_.why_no_pool(check.host); !why.empty()) {
    return target_.left(check.where, fmt::format("{}: {}", host, why));
  }
  auto made = check_settings(check, target_.surroundings());
  if (!made) return target_.left(check.where, made.error().message);
  const std::string name = target_.add_check(made->name, std::move(made->settings));
  const auto [at, fresh] = index_.emplace(check.host, pools_.size());
  if (fresh) pools_.push_back({check.host, {}, {}, {}});
  Pool& pool = pools_[at->second];
  Member& own = member(pool, check);
  own.checks.insert(name);
  if (pool.checks.insert(name).second) target_.pool(check.host, check.where).checks.push_back(name);
  target_.taken(check.where, fmt::format("{} in pool {} with check {}", address, host, name));
  keep_script(check, own);
}

void PhonaxPools::keep_script(const PhonaxCheck& check, Member& member) {
  if (check.script.empty()) return;
  if (!is_service_name(check.script)) {
    return target_.left(
        check.where,
        fmt::format("the script \"{}\": not the name of a file in scripts_path", check.script));
  }
  if (!member.script.empty() && member.script != check.script) {
    return target_.left(check.where,
                        fmt::format("the script {}: a member has one service to restart, here {}",
                                    check.script, member.script));
  }
  member.script = check.script;
  scripts_[check.address].insert(check.script);
}

/// A pool's checks are for all of its members.
void PhonaxPools::report_shared_checks(const Pool& pool) {
  for (const auto& [address, member] : pool.members) {
    if (member.checks.size() == pool.checks.size()) continue;
    target_.left(member.where,
                 fmt::format("{} is probed with all {} checks of the pool {}", address.to_string(),
                             pool.checks.size(), pool.name.to_display()));
  }
}

/// The first script is the pool's; members with another one, or with none, say so.
void PhonaxPools::set_restarts(const Pool& pool) {
  const auto first = std::ranges::find_if(
      pool.members, [](const auto& member) { return !member.second.script.empty(); });
  if (first == pool.members.end()) return;
  const std::string& usual = first->second.script;
  TargetPool& made = target_.pool(pool.name, first->second.where);
  made.settings.push_back({"restart", usual});
  for (const auto& [address, member] : pool.members) {
    if (member.script != usual) made.members[address].push_back({"restart", member.script});
  }
}

void PhonaxPools::finish(const PhonaxNodes& nodes) {
  for (const Pool& pool : pools_) {
    report_shared_checks(pool);
    set_restarts(pool);
  }
  const std::uint16_t asked =
      nodes.asked_port.value_or(nodes.agent_port.value_or(kPhonaxAgentPort));
  if (!scripts_.empty()) target_.agents.push_back({"port", fmt::format("{}", asked)});
  for (const auto& [node, scripts] : scripts_) {
    target_.agent(node) = {{node, nodes.agent_port.value_or(asked)}, nodes.scripts_path, scripts};
  }
}

}  // namespace rollcall::convert
