#include "zone/transfer_policy.hpp"

#include <algorithm>

namespace rollcall::zone {

bool TransferPolicy::allows(const IpAddress& client, const std::optional<dns::Name>& key) const {
  const IpAddress address = client.unmapped();
  const auto is_secondary = [&](const Secondary& secondary) {
    return secondary.address.address.unmapped() == address &&
           (!secondary.key || secondary.key == key);
  };
  const auto is_granted = [&](const TransferGrant& grant) {
    if (grant.key) return grant.key == key;
    return grant.prefix && grant.prefix->contains(address);
  };
  return std::ranges::any_of(secondaries, is_secondary) || std::ranges::any_of(grants, is_granted);
}

View TransferPolicy::view_of(const std::optional<dns::Name>& key) const {
  const bool full = key && std::ranges::any_of(secondaries, [&](const Secondary& secondary) {
                      return secondary.view == View::full && secondary.key == key;
                    });
  return full ? View::full : View::live;
}

bool TransferPolicy::has_full() const {
  return std::ranges::find(secondaries, View::full, &Secondary::view) != secondaries.end();
}

}  // namespace rollcall::zone
