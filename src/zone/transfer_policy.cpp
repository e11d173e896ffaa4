#include "zone/transfer_policy.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace rollcall::zone {
namespace {

constexpr std::string_view kOneLabel = "*";
constexpr std::string_view kAnyLabels = "**";

// Not in dns::Type, because nothing else asks for them.
constexpr auto kNsec3param = static_cast<dns::Type>(51);
constexpr auto kCds = static_cast<dns::Type>(59);
constexpr auto kCdnskey = static_cast<dns::Type>(60);

/// The labels of a name in lower case, without its last octets.
std::vector<std::string> labels_before(const dns::Name& name, std::size_t last) {
  std::vector<std::string> labels;
  const dns::Name lowered = name.lowered();
  const Bytes head = lowered.wire().first(lowered.size() - last);
  for (std::size_t at = 0; at < head.size(); at += 1U + head[at]) {
    labels.emplace_back(as_text(head.subspan(at + 1, head[at])));
  }
  return labels;
}

using Labels = std::span<const std::string>;

bool matches_labels(Labels pattern, Labels labels) {
  if (pattern.empty()) return labels.empty();
  if (pattern.front() == kAnyLabels) {
    for (std::size_t taken = 0; taken <= labels.size(); ++taken) {
      if (matches_labels(pattern.subspan(1), labels.subspan(taken))) return true;
    }
    return false;
  }
  if (labels.empty()) return false;
  const bool same = pattern.front() == kOneLabel || pattern.front() == labels.front();
  return same && matches_labels(pattern.subspan(1), labels.subspan(1));
}

}  // namespace

bool NamePattern::is_exact() const noexcept {
  return std::ranges::none_of(
      labels, [](const std::string& label) { return label == kOneLabel || label == kAnyLabels; });
}

bool NamePattern::matches(const dns::Name& name, const dns::Name& origin) const {
  return matches_labels(labels, labels_before(name, origin.size()));
}

bool UpdateGrant::covers(const dns::Name& name, const dns::Name& origin) const {
  return names.empty() || std::ranges::any_of(names, [&](const NamePattern& pattern) {
           return pattern.matches(name, origin);
         });
}

bool UpdateGrant::covers(dns::Type type, bool guarded) const {
  return (types.empty() && !guarded) || std::ranges::find(types, type) != types.end();
}

bool UpdateGrant::names_exactly(const dns::Name& name, const dns::Name& origin) const {
  return std::ranges::any_of(names, [&](const NamePattern& pattern) {
    return pattern.is_exact() && pattern.matches(name, origin);
  });
}

bool is_guarded(dns::Type type, bool at_apex) noexcept {
  using dns::Type;
  if (type == Type::NS) return at_apex;
  constexpr std::array kGuarded{Type::SOA,    Type::DS,    Type::SIG,   Type::RRSIG, Type::NSEC,
                                Type::DNSKEY, Type::NSEC3, kNsec3param, kCds,        kCdnskey};
  return std::ranges::find(kGuarded, type) != kGuarded.end();
}

bool UpdatePolicy::concerns(const UpdateGrant& grant, const UpdateClient& client) {
  if (grant.key) return client.key && *grant.key == *client.key;
  return grant.prefix && !client.can_be_forged && grant.prefix->contains(client.address);
}

bool UpdatePolicy::concerns(const UpdateClient& client) const {
  return std::ranges::any_of(grants,
                             [&](const UpdateGrant& grant) { return concerns(grant, client); });
}

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
