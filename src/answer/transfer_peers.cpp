#include "answer/transfer_peers.hpp"

#include <algorithm>

namespace rollcall::answer {
namespace {

constexpr std::uint8_t kWholeV4 = 32, kNarrowV4 = 24;  // a /24 or /48 is one site
constexpr std::uint8_t kWholeV6 = 128, kNarrowV6 = 48;

}  // namespace

TransferPeers::TransferPeers(const std::vector<const zone::TransferPolicy*>& policies) {
  for (const zone::TransferPolicy* policy : policies) {
    for (const zone::Secondary& secondary : policy->secondaries) {
      hosts_.insert(secondary.address.address.unmapped());
    }
    for (const zone::TransferGrant& grant : policy->grants) {
      if (!grant.prefix) continue;
      const bool v4 = grant.prefix->address.is_v4();
      if (grant.prefix->length == (v4 ? kWholeV4 : kWholeV6)) {
        hosts_.insert(grant.prefix->address);
      } else if (grant.prefix->length >= (v4 ? kNarrowV4 : kNarrowV6)) {
        blocks_.insert(*grant.prefix);
      }
    }
  }
}

bool TransferPeers::contains(const IpAddress& address) const {
  return hosts_.contains(address) || std::ranges::any_of(blocks_, [&](const IpPrefix& block) {
           return block.contains(address);
         });
}

}  // namespace rollcall::answer
