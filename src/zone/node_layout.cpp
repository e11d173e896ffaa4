#include "zone/node_layout.hpp"

#include <algorithm>
#include <array>

#include "dns/rdata_walk.hpp"

namespace rollcall::zone {
namespace {

/// RFC 3597 section 4 allows compression only in the types of RFC 1035; of these, the ones that end
/// in their only name.
bool may_be_cut(dns::Type type) {
  return type == dns::Type::NS || type == dns::Type::CNAME || type == dns::Type::PTR ||
         type == dns::Type::MX;
}

/// True where `name` is at or below `origin`, without case.
bool ends_in(Bytes name, Bytes origin) {
  if (name.size() < origin.size()) return false;
  const std::size_t head = name.size() - origin.size();
  std::size_t at = 0;
  while (at < head) at += name[at] + 1U;
  return at == head && std::ranges::equal(name.subspan(head), origin, {}, dns::lower, dns::lower);
}

/// The octets of RDATA before the pointer to the origin; all of them where the RDATA is not cut.
std::size_t cut_at(const RecordView& record, Bytes origin, std::uint16_t origin_pointer) {
  // A pointer that ends in zero would look like the end of a name; the root is shorter than one.
  if (!may_be_cut(record.type) || origin.size() <= 2 || (origin_pointer & 0xff) == 0) {
    return record.rdata.size();
  }
  const bool inside = ends_in(dns::target_of(record.type, record.rdata), origin);
  return inside ? record.rdata.size() - origin.size() : record.rdata.size();
}

bool is_capital(std::uint8_t octet) noexcept {
  return octet >= 'A' && octet <= 'Z';
}

}  // namespace

bool has_capitals(Bytes name, std::size_t origin_size) noexcept {
  return std::ranges::any_of(name.first(name.size() - origin_size), is_capital);
}

void write_spelling(LayoutCursor& out, Bytes name, std::size_t origin_size) {
  std::array<std::uint32_t, spelling_units(dns::kMaxNameSize)> bits{};
  for (std::size_t i = 0; i < name.size() - origin_size; ++i) {
    if (is_capital(name[i])) bits[i / 32] |= std::uint32_t{1} << (i % 32);
  }
  const auto* const octets = reinterpret_cast<const std::uint8_t*>(bits.data());
  out.bytes({octets, spelling_units(name.size()) * 4});
}

std::size_t write_rrset(LayoutCursor& out, Bytes owner, Bytes origin,
                        std::span<const RecordView> records, std::uint32_t watch) {
  const dns::Type type = records[0].type;
  const auto pointer =
      static_cast<std::uint16_t>(0xc000U | (dns::kHeaderSize + owner.size() - origin.size()));
  bool any_cut = false;
  bool all_equal = true;
  std::size_t size_of_first = 0;
  std::uint8_t* const start = out.leave<RrsetHeader>();
  const std::size_t begin = out.position();
  for (const RecordView& record : records) {
    const std::size_t kept = cut_at(record, origin, pointer);
    const bool cut = kept != record.rdata.size();
    const std::size_t size = kRecordHeaderSize + kept + (cut ? 2 : 0);
    out.u16(dns::kPointerToQuestion);
    out.u16(static_cast<unsigned>(type));
    out.u16(static_cast<unsigned>(dns::Class::IN));
    out.u32(record.ttl);
    out.u16(static_cast<unsigned>(size - kRecordHeaderSize));
    out.bytes(record.rdata.first(kept));
    if (cut) out.u16(pointer);
    any_cut |= cut;
    if (size_of_first == 0) size_of_first = size;
    all_equal &= size == size_of_first && size <= 0xffff;
  }
  const std::size_t octets = out.position() - begin;
  const RrsetHeader header{type,
                           static_cast<std::uint16_t>(records.size()),
                           records[0].ttl,
                           static_cast<std::uint32_t>(octets),
                           static_cast<std::uint16_t>(all_equal ? size_of_first : 0),
                           any_cut ? pointer : std::uint16_t{0},
                           watch};
  std::memcpy(start, &header, sizeof(header));
  out.pad();
  return octets;
}

}  // namespace rollcall::zone
