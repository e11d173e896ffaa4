/// Groups the notices of a batch, so that one outage is one paragraph: by host, by pool, and where
/// many are left, by cause.
#pragma once

#include <string>
#include <vector>

#include "alert/batch.hpp"

namespace rollcall::alert {

/// Notices of one kind that have a host, a pool or a cause in common; or one alone.
struct Matter {
  std::vector<const Told*> told;  // at least one
  std::string line;               // "192.0.2.3: down in 60 pools: connection refused"
  std::string among;              // "www.example.com, ftp.example.com and 58 more"; empty for one
};

/// More groups of one kind than these are told by their causes.
inline constexpr std::size_t kGroupsOfAKind = 8;

/// The gravest first.
/// @param batch must outlive the result
std::vector<Matter> matters_of(const Batch& batch);

}  // namespace rollcall::alert
