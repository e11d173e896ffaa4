/// pools.*.needs: the pools without which a restart of a pool's members cannot help.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "pool/pool_spec.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::config {

void read_needs(const yaml::Value& value, pool::PoolSpec& pool);

/// Pools that need others: where each stands, and its place among the pools.
using Needs = std::vector<std::pair<yaml::Value, std::size_t>>;

/// Reports what is no pool, and a pool that needs itself.
void check_needs(const Needs& needs, const std::vector<pool::PoolSpec>& pools);

}  // namespace rollcall::config
