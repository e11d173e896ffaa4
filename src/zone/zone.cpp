#include "zone/zone.hpp"

#include "dns/rdata_walk.hpp"

namespace rollcall::zone {
namespace {

/// The octets of `name` before `origin`; all of them where the name is elsewhere, and where a
/// pointer to the origin would save nothing.
std::size_t head_of(const dns::Name& name, const dns::Name& origin) {
  const bool inside = !origin.is_root() && name.is_at_or_below(origin);
  return inside ? name.size() - origin.size() : name.size();
}

}  // namespace

SoaFields read_soa(Bytes rdata, std::uint32_t ttl, const dns::Name& origin) {
  const std::size_t mname_size = *dns::field_size(dns::Field::compressible_name, rdata);
  const std::size_t names_size = rdata.size() - 20;
  ByteReader numbers(rdata, names_size);
  SoaFields soa;
  soa.mname = *dns::Name::from_wire(rdata.first(mname_size));
  soa.rname = *dns::Name::from_wire(rdata.subspan(mname_size, names_size - mname_size));
  soa.mname_head = head_of(soa.mname, origin);
  soa.rname_head = head_of(soa.rname, origin);
  soa.ttl = ttl;
  soa.serial = numbers.u32();
  soa.refresh = numbers.u32();
  soa.retry = numbers.u32();
  soa.expire = numbers.u32();
  soa.minimum = numbers.u32();
  return soa;
}

void Zone::set_base(std::shared_ptr<const Base> base) {
  base_ = std::move(base);
  arena_ = base_->arena.get();
  slots_ = base_->slots.data();
  slot_mask_ = base_->slots.size() - 1;
}

std::shared_ptr<const Zone> Zone::with(ZoneChange change) const {
  const std::shared_ptr<Zone> next(new Zone(*this));
  next->overlay_ = std::move(change.overlay);
  if (change.soa) next->soa_ = std::move(*change.soa);
  next->record_count_ += static_cast<std::uint64_t>(change.records);
  next->name_count_ += static_cast<std::uint64_t>(change.names);
  return next;
}

std::size_t Zone::memory() const noexcept {
  std::size_t octets = sizeof(Zone) + base_->arena_size * sizeof(base_->arena[0]) +
                       base_->slots.capacity() * sizeof(Slot) + overlay_.memory() +
                       watched_->capacity() * sizeof(WatchedRrset);
  for (const WatchedRrset& rrset : *watched_) {
    octets += rrset.records.capacity() * sizeof(rrset.records[0]);
  }
  return octets;
}

}  // namespace rollcall::zone
