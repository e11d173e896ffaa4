#include "answer/response_writer.hpp"

#include <bit>
#include <cstring>

namespace rollcall::answer {
namespace {

/// The position of the k-th set bit, counted from 0; `mask` has more than k.
unsigned nth_bit(std::uint64_t mask, unsigned k) noexcept {
  for (; k > 0; --k) mask &= mask - 1;
  return static_cast<unsigned>(std::countr_zero(mask));
}

}  // namespace

std::size_t record_offset(const zone::RrsetHeader& rrset, std::size_t index) noexcept {
  if (rrset.record_size != 0) return index * rrset.record_size;
  const std::uint8_t* start = rrset.records().data();
  const std::uint8_t* at = start;
  for (; index > 0; --index) at += record_size(at);
  return static_cast<std::size_t>(at - start);
}

std::size_t write_name(std::uint8_t* out, const dns::Name& name, const dns::Name& origin,
                       std::size_t origin_at) noexcept {
  const Bytes wire = name.wire();
  if (origin.is_root() || origin_at > dns::kMaxPointerTarget || !name.is_at_or_below(origin)) {
    std::memcpy(out, wire.data(), wire.size());
    return wire.size();
  }
  const std::size_t head = wire.size() - origin.size();
  std::memcpy(out, wire.data(), head);
  store_u16(out + head, static_cast<std::uint16_t>(0xc000 | origin_at));
  return head + 2;
}

std::size_t write_soa_rdata(std::uint8_t* out, const zone::Zone& zone, std::size_t origin_at,
                            std::uint32_t serial) noexcept {
  const zone::SoaFields& soa = zone.soa();
  std::size_t size = write_name(out, soa.mname, zone.origin(), origin_at);
  size += write_name(out + size, soa.rname, zone.origin(), origin_at);
  for (const std::uint32_t value : {serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) {
    store_u32(out + size, value);
    size += 4;
  }
  return size;
}

void ResponseWriter::begin(Bytes packet, const dns::Query& query) noexcept {
  position_ = dns::kHeaderSize + query.question_size;
  std::memcpy(out_, packet.data(), position_);
}

void ResponseWriter::copy_range(Bytes records, const zone::RrsetHeader& rrset,
                                Place place) noexcept {
  std::uint8_t* to = out_ + position_;
  std::memcpy(to, records.data(), records.size());
  position_ += records.size();
  const std::uint16_t origin_pointer = static_cast<std::uint16_t>(0xc000 | place.origin);
  const bool move_owner = place.owner != dns::kHeaderSize;
  const bool move_origin = rrset.origin_pointer != 0 && rrset.origin_pointer != origin_pointer;
  if (!move_owner && !move_origin) return;
  for (std::uint8_t* end = out_ + position_; to < end;) {
    const std::size_t size = record_size(to);
    if (move_owner) store_u16(to, static_cast<std::uint16_t>(0xc000 | place.owner));
    if (move_origin && zone::ends_in_origin_pointer(rrset, Bytes(to, size))) {
      store_u16(to + size - 2, origin_pointer);
    }
    to += size;
  }
}

bool ResponseWriter::append_plain(const zone::RrsetHeader& rrset, Place place) noexcept {
  const Bytes records = rrset.records();
  if (!fits(records.size())) return false;
  if (rrset.count == 1) {
    copy_range(records, rrset, place);
    return true;
  }
  const std::size_t lead = record_offset(rrset, random_.below(rrset.count));
  copy_range(records.subspan(lead), rrset, place);
  copy_range(records.first(lead), rrset, place);
  return true;
}

/// The live records in turn, from a random live one on. To start at a fixed slot and skip the dead
/// would give a dead one's neighbour a double share of first places.
bool ResponseWriter::append_masked(const zone::RrsetHeader& rrset, std::uint64_t mask,
                                   Place place) noexcept {
  const Bytes records = rrset.records();
  const auto live = static_cast<unsigned>(std::popcount(mask));
  const unsigned lead = nth_bit(mask, random_.below(live));
  const std::uint64_t from_lead = mask & (~std::uint64_t{0} << lead);
  const std::size_t start = position_;
  for (std::uint64_t part : {from_lead, mask & ~from_lead}) {
    for (; part != 0; part &= part - 1) {
      const std::size_t at = record_offset(rrset, static_cast<std::size_t>(std::countr_zero(part)));
      const std::size_t size = record_size(records.data() + at);
      if (!fits(size)) {
        position_ = start;
        return false;
      }
      copy_range(records.subspan(at, size), rrset, place);
    }
  }
  return true;
}

bool ResponseWriter::append(Section section, const zone::Zone& zone, const zone::RrsetHeader& rrset,
                            Place place) noexcept {
  if (rrset.watched()) {
    const std::uint64_t mask = zone.watch_table().mask(rrset.watch);
    if (mask == 0) return true;
    if (mask != zone::WatchTable::all_of(rrset.count)) {
      if (!append_masked(rrset, mask, place)) return false;
      counts_[static_cast<std::size_t>(section)] += static_cast<std::uint16_t>(std::popcount(mask));
      return true;
    }
  }
  if (!append_plain(rrset, place)) return false;
  counts_[static_cast<std::size_t>(section)] += rrset.count;
  return true;
}

bool ResponseWriter::append_soa(Section section, const zone::Zone& zone, std::uint16_t origin_at,
                                std::uint32_t ttl) noexcept {
  std::uint8_t rdata[kMaxSoaSize];
  const std::size_t size = write_soa_rdata(rdata, zone, origin_at, zone.watch_table().serial());
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
  const std::uint16_t copied =
      query.flags & (dns::flag::kOpcodeMask | dns::flag::kRd | dns::flag::kCd);
  store_u16(out_ + dns::header::kId, query.id);
  store_u16(out_ + dns::header::kFlags,
            static_cast<std::uint16_t>(dns::flag::kQr | copied | flags |
                                       (static_cast<std::uint16_t>(rcode) & 0xf)));
  store_u16(out_ + dns::header::kQdcount, query.question_size != 0 ? 1 : 0);
  store_u16(out_ + dns::header::kAncount, counts_[0]);
  store_u16(out_ + dns::header::kNscount, counts_[1]);
  store_u16(out_ + dns::header::kArcount, counts_[2]);
  return position_;
}

}  // namespace rollcall::answer
