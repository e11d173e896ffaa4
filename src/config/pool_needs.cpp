#include "config/pool_needs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_set>

#include "config/sections.hpp"
#include "dns/name_hash.hpp"

namespace rollcall::config {
namespace {

constexpr std::size_t kMaxNeeds = 16;  // pools; each is looked at before a restart

}  // namespace

void read_needs(const yaml::Value& value, pool::PoolSpec& pool) {
  const std::vector<yaml::Value> items = value.list();
  if (value.is_list() && items.empty()) value.error("must name at least one pool");
  if (items.size() > kMaxNeeds) {
    return value.error(
        fmt::format("names {} pools, at most {} are allowed", items.size(), kMaxNeeds));
  }
  for (const yaml::Value& item : items) {
    const std::optional<std::string> text = item.text();
    const std::optional<dns::Name> name = text ? read_domain(item, *text) : std::nullopt;
    if (!name) continue;
    if (std::ranges::find(pool.needs, *name) != pool.needs.end()) {
      item.error(fmt::format("names {} twice", name->to_display()));
    }
    pool.needs.push_back(*name);
  }
}

void check_needs(const Needs& needs, const std::vector<pool::PoolSpec>& pools) {
  if (needs.empty()) return;
  std::unordered_set<dns::Name> names;
  for (const pool::PoolSpec& pool : pools) names.insert(pool.name);
  for (const auto& [place, at] : needs) {
    const pool::PoolSpec& pool = pools[at];
    for (const dns::Name& needed : pool.needs) {
      if (needed == pool.name) {
        place.plain_error(fmt::format("pool {} cannot need itself", pool.name.to_display()));
      } else if (!names.contains(needed)) {
        std::vector<std::string> known;
        known.reserve(names.size());
        for (const dns::Name& name : names) known.push_back(name.to_display());
        place.plain_error(fmt::format("pool {} needs {}, which is no pool{}",
                                      pool.name.to_display(), needed.to_display(),
                                      yaml::did_you_mean(needed.to_display(), known)));
      }
    }
  }
}

}  // namespace rollcall::config
