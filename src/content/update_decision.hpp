/// What becomes of a dynamic update (RFC 2136): prerequisites, permission and the new version, in
/// this order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "dns/message.hpp"
#include "edit/pool_names.hpp"
#include "edit/zone_edit.hpp"
#include "transfer/update.hpp"
#include "zone/transfer_policy.hpp"
#include "zone/zone.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::content {

using ZonePtr = std::shared_ptr<const zone::Zone>;

/// A record that removes itself.
struct AgedRecord {
  edit::EditRecord record;
  std::uint32_t age = 0;  // seconds, from now
};

struct UpdateDecision {
  dns::Rcode rcode = dns::Rcode::noerror;
  std::string reason;            // of a refusal, for people
  edit::ZoneEdit made;           // what changes; empty: nothing does
  ZonePtr zone;                  // the new version; null: it has to be built anew from `made`
  std::vector<AgedRecord> aged;  // those of the update, whether they were there or not
};

/// @param zone the one that the request names
UpdateDecision decide_update(const transfer::UpdateRequest& request,
                             const zone::UpdateClient& client, const zone::UpdatePolicy& policy,
                             const ZonePtr& zone, const edit::PoolNames& pools);

/// Ends records whose time is up. Those without which a nameserver of the zone would have no
/// address stay.
UpdateDecision decide_ended(edit::ZoneEdit over, const ZonePtr& zone, const edit::PoolNames& pools);

/// The zone that has these changes, with its pools bound anew: takes time by the size of the zone.
/// @param edit as in UpdateDecision::made
Result<ZonePtr> rebuilt(const zone::Zone& zone, const edit::ZoneEdit& edit,
                        const zone::ZoneSpec& spec);

}  // namespace rollcall::content
