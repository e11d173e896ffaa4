#include "zone/addresses.hpp"

#include "dns/name_hash.hpp"

namespace rollcall::zone {
namespace {

const NodeHeader* node_of(const Zone& zone, const dns::Name& name) {
  return zone.find(dns::hash_name(name.wire()), name.wire());
}

/// The node whose records answer for `name`; null where the zone has none.
const NodeHeader* answering_node(const Zone& zone, const dns::Name& name) {
  if (!name.is_at_or_below(zone.origin())) return nullptr;
  dns::Name encloser = name.lowered();
  const NodeHeader* node = node_of(zone, encloser);
  const bool exact = node != nullptr;
  while (node == nullptr) {
    encloser = encloser.parent();
    node = node_of(zone, encloser);
  }
  if ((node->flags & kNotAuthoritative) != 0) return nullptr;
  if (exact) return node;
  if (node->has(NodeFlag::kDname)) return nullptr;
  const auto wildcard = encloser.child(as_bytes("*"));
  return wildcard ? node_of(zone, *wildcard) : nullptr;
}

}  // namespace

std::vector<IpAddress> addresses_of(const Zone& zone, const dns::Name& name) {
  std::vector<IpAddress> addresses;
  const NodeHeader* node = answering_node(zone, name);
  if (node == nullptr) return addresses;
  for (const dns::Type type : {dns::Type::A, dns::Type::AAAA}) {
    const RrsetHeader* rrset = node->find(type);
    if (rrset == nullptr) continue;
    const std::size_t size = rrset->size / rrset->count;  // addresses of one type have one size
    for (unsigned i = 0; i < rrset->count; ++i) {
      const Bytes record = rrset->records().subspan(i * size, size);
      addresses.push_back(*IpAddress::from_octets(record.subspan(kRecordHeaderSize)));
    }
  }
  return addresses;
}

}  // namespace rollcall::zone
