/// A pool as its operator wrote it. Its members are what the zone file has at its name: addresses,
/// or the addresses of the exchanges that its MX records lead to.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "health/check.hpp"
#include "pool/kinds.hpp"
#include "pool/standin_spec.hpp"

namespace rollcall::pool {

/// What one member has differently from its pool.
struct MemberSpec {
  std::optional<std::string> restart = {};
  std::optional<Tier> tier = {};
  std::optional<IpAddress> probe_address = {};  // where probes go instead of its own address
  std::uint16_t port = 0;                       // of its probes; 0: the pool's
  std::optional<std::uint8_t> weight = {};      // its share of the answers; left out: 1

  bool operator==(const MemberSpec&) const = default;
};

struct PoolSpec {
  dns::Name name;
  PoolRecords records = PoolRecords::addresses;
  std::vector<health::CheckSpec> checks;  // at least one
  std::uint16_t needed = 0;               // checks that must pass; 0: all
  std::uint16_t port = 0;                 // of probes; 0: each check's own
  std::string restart;                    // service to ask the member's agent for; empty: none
  std::optional<Duration> restart_delay;  // after a member's fall; nothing: restart_policy.hpp
  std::vector<dns::Name> needs;           // pools: while one is all down, nothing is restarted
  ForwardSpec forward = {};               // of the port of a member that is down
  WhenAllDown when_all_down = WhenAllDown::fail_open;
  unsigned min_healthy = 0;   // percent of a tier; with fewer up, it counts as all down
  unsigned max_answers = 0;   // records of an RRset in one answer; 0: all that are live
  Duration ramp_up{};         // in which a member's share grows to its own after a return
  bool flap_damping = false;  // a member that falls often is kept back (returns.hpp)
  std::optional<Duration> failback =
      Duration::zero();       // how long a return is kept back; nothing: for ever
  bool observe_only = false;  // probes and policy are only reported; all members are answered
  std::map<IpAddress, MemberSpec> members;
  /// Of a pool of MX records: settings of all addresses of an exchange; `members` has precedence.
  std::map<dns::Name, MemberSpec, dns::CanonicalLess> exchanges;

  bool operator==(const PoolSpec&) const = default;
};

/// The configured pools, immutable and shared by all that keep them: each pool holds a page of
/// checks and texts, and some installations have thousands.
class PoolSpecs {
 public:
  PoolSpecs() : PoolSpecs(std::vector<PoolSpec>()) {}
  PoolSpecs(std::vector<PoolSpec> pools)  // NOLINT: one is the other
      : pools_(std::make_shared<const std::vector<PoolSpec>>(std::move(pools))) {}
  PoolSpecs(std::initializer_list<PoolSpec> pools) : PoolSpecs(std::vector<PoolSpec>(pools)) {}
  /// @param pools not null
  explicit PoolSpecs(std::shared_ptr<const std::vector<PoolSpec>> pools)
      : pools_(std::move(pools)) {}

  auto begin() const noexcept { return pools_->begin(); }
  auto end() const noexcept { return pools_->end(); }
  std::size_t size() const noexcept { return pools_->size(); }
  /// One of them, which keeps them all.
  std::shared_ptr<const PoolSpec> share(const PoolSpec& pool) const { return {pools_, &pool}; }

 private:
  std::shared_ptr<const std::vector<PoolSpec>> pools_;
};

}  // namespace rollcall::pool
