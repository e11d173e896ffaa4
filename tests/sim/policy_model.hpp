/// The policy of a pool in words of its own, to hold the stored masks against.
#pragma once

#include <vector>

#include "pool/pool_spec.hpp"

namespace rollcall::sim {

/// A record of a pool: an address, or an exchange with all of its addresses.
struct Candidate {
  bool good = false;   // by an operator's word, else by its probes
  bool kept = true;    // not drained
  bool taken = false;  // drained or forced down
  bool spare = false;  // up, and kept back for its past
  bool idle = false;   // of share 0
  pool::Tier tier = pool::Tier::primary;
};

struct Decision {
  std::vector<bool> live;  // by record
  bool all_down = false;
};

/// What is to be answered of one RRset of a pool, were it not to observe only.
Decision decide(const std::vector<Candidate>& records, const pool::PoolSpec& spec);

/// What is answered of one that does.
std::vector<bool> observe(const std::vector<Candidate>& records, const pool::PoolSpec& spec);

}  // namespace rollcall::sim
