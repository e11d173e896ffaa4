#include "answer/live_records.hpp"

#include <bit>

namespace rollcall::answer {
namespace {

/// The position of the k-th set bit, counted from 0; `mask` has more than k.
unsigned nth_bit(std::uint64_t mask, unsigned k) noexcept {
  for (; k > 0; --k) mask &= mask - 1;
  return static_cast<unsigned>(std::countr_zero(mask));
}

}  // namespace

std::size_t write_live(std::uint8_t* to, std::size_t room, const zone::RrsetHeader& rrset,
                       std::uint64_t mask, Random& random) noexcept {
  if (mask == zone::WatchTable::all_of(rrset.count)) {
    if (rrset.size > room) return 0;
    write_in_turn(to, rrset, random);
    return rrset.size;
  }
  if (mask == 0) return 0;
  const std::uint8_t* records = rrset.records().data();
  const auto live = static_cast<unsigned>(std::popcount(mask));
  const unsigned lead = nth_bit(mask, random.below(live));
  const std::uint64_t from_lead = mask & (~std::uint64_t{0} << lead);
  std::size_t written = 0;
  for (std::uint64_t part : {from_lead, mask & ~from_lead}) {
    for (; part != 0; part &= part - 1) {
      const std::uint8_t* record =
          records + record_offset(rrset, static_cast<std::size_t>(std::countr_zero(part)));
      const std::size_t size = record_size(record);
      if (written + size > room) return 0;
      copy_octets(to + written, record, size);
      written += size;
    }
  }
  return written;
}

}  // namespace rollcall::answer
