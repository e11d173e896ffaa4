#include "answer/response_writer.hpp"

#include <cstring>

namespace rollcall::answer {
namespace {

/// Writes `name` into a message in which its zone's origin is at `origin_at`.
/// @param head octets before the origin, where the name has it; the rest becomes a pointer
/// @return octets written, at most dns::kMaxNameSize
std::size_t write_name(std::uint8_t* out, const dns::Name& name, std::size_t head,
                       std::size_t origin_at) noexcept {
  const Bytes wire = name.wire();
  if (head == wire.size() || origin_at > dns::kMaxPointerTarget) {
    copy_octets(out, wire.data(), wire.size());
    return wire.size();
  }
  copy_octets(out, wire.data(), head);
  store_u16(out + head, static_cast<std::uint16_t>(0xc000 | origin_at));
  return head + 2;
}

bool owner_moved(Place place) noexcept {
  return place.owner != dns::kHeaderSize;
}
bool origin_moved(const zone::RrsetHeader& rrset, Place place) noexcept {
  return rrset.origin_pointer != 0 && rrset.origin_pointer != (0xc000 | place.origin);
}

/// True where owner or origin are not where the builder assumed.
bool stands_elsewhere(const zone::RrsetHeader& rrset, Place place) noexcept {
  return owner_moved(place) || origin_moved(rrset, place);
}

/// Patches the pointers of the records from `to` to `end` to the places of owner and origin.
void redirect(std::uint8_t* to, const std::uint8_t* end, const zone::RrsetHeader& rrset,
              Place place) noexcept {
  const bool move_owner = owner_moved(place);
  const bool move_origin = origin_moved(rrset, place);
  while (to < end) {
    const std::size_t size = record_size(to);
    if (move_owner) store_u16(to, static_cast<std::uint16_t>(0xc000 | place.owner));
    if (move_origin && zone::ends_in_origin_pointer(rrset, Bytes(to, size))) {
      store_u16(to + size - 2, static_cast<std::uint16_t>(0xc000 | place.origin));
    }
    to += size;
  }
}

}  // namespace

std::size_t write_soa_rdata(std::uint8_t* out, const zone::Zone& zone, std::size_t origin_at,
                            std::uint32_t serial) noexcept {
  const zone::SoaFields& soa = zone.soa();
  std::size_t size = write_name(out, soa.mname, soa.mname_head, origin_at);
  size += write_name(out + size, soa.rname, soa.rname_head, origin_at);
  for (const std::uint32_t value : {serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) {
    store_u32(out + size, value);
    size += 4;
  }
  return size;
}

bool ResponseWriter::append(Section section, const zone::Zone& zone, const zone::RrsetHeader& rrset,
                            Place place) noexcept {
  std::uint8_t* to = out_ + position_;
  const std::optional<Written> written =
      write_records(to, room(), rrset, zone.watch_table(), random_);
  if (!written) return false;
  position_ += written->octets;
  if (stands_elsewhere(rrset, place)) redirect(to, to + written->octets, rrset, place);
  counts_[static_cast<std::size_t>(section)] += static_cast<std::uint16_t>(written->records);
  return true;
}

bool ResponseWriter::append_soa(Section section, const zone::Zone& zone, std::uint16_t origin_at,
                                std::uint32_t ttl) noexcept {
  std::uint8_t rdata[kMaxSoaSize];
  const std::uint32_t serial = &zone == shown_of_ ? shown_serial_ : zone.watch_table().serial();
  const std::size_t size = write_soa_rdata(rdata, zone, origin_at, serial);
  return append_record(section, origin_at, dns::Type::SOA, ttl, Bytes(rdata, size));
}

bool ResponseWriter::append_record(Section section, std::uint16_t owner_at, dns::Type type,
                                   std::uint32_t ttl, Bytes rdata, dns::Class rclass) noexcept {
  if (!fits(zone::kRecordHeaderSize + rdata.size())) return false;
  std::uint8_t* to = out_ + position_;
  store_u16(to, static_cast<std::uint16_t>(0xc000 | owner_at));
  store_u16(to + 2, static_cast<std::uint16_t>(type));
  store_u16(to + 4, static_cast<std::uint16_t>(rclass));
  store_u32(to + 6, ttl);
  store_u16(to + 10, static_cast<std::uint16_t>(rdata.size()));
  std::memcpy(to + zone::kRecordHeaderSize, rdata.data(), rdata.size());
  position_ += zone::kRecordHeaderSize + rdata.size();
  ++counts_[static_cast<std::size_t>(section)];
  return true;
}

void ResponseWriter::append_opt(const EdnsReply& edns, dns::Rcode rcode) noexcept {
  position_ += edns.write({out_ + position_, edns.size()}, rcode);
  ++counts_[static_cast<std::size_t>(Section::additional)];
}

std::size_t ResponseWriter::finish(const dns::Query& query, std::uint16_t flags,
                                   dns::Rcode rcode) noexcept {
  store_u16(out_ + dns::header::kId, query.id);
  store_u16(out_ + dns::header::kFlags, response_flags(query.flags, flags, rcode));
  store_u16(out_ + dns::header::kQdcount, query.question_size != 0 ? 1 : 0);
  write_counts(out_, counts_);
  return position_;
}

}  // namespace rollcall::answer
