/// Records as they stand in a zone, copied into a response: all or the live ones, in turn.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "core/random.hpp"
#include "zone/node.hpp"
#include "zone/watch_table.hpp"

namespace rollcall::answer {

/// Octets of the prerendered record that starts at `record`.
inline std::size_t record_size(const std::uint8_t* record) noexcept {
  return zone::kRecordHeaderSize + load_u16(record + zone::kRecordHeaderSize - 2);
}

/// Where record `index` starts in a run of prerendered records, in octets.
inline std::size_t record_offset(const zone::RrsetHeader& rrset, std::size_t index) noexcept {
  if (rrset.record_size != 0) return index * rrset.record_size;
  const std::uint8_t* start = rrset.records().data();
  const std::uint8_t* at = start;
  for (; index > 0; --index) at += record_size(at);
  return static_cast<std::size_t>(at - start);
}

/// All records of an RRset, one after the other, the lead chosen at random.
/// @param to as many octets as they have
inline void write_in_turn(std::uint8_t* to, const zone::RrsetHeader& rrset,
                          Random& random) noexcept {
  const std::uint8_t* records = rrset.records().data();
  if (rrset.count == 1) return copy_octets(to, records, rrset.size);
  const std::size_t lead = record_offset(rrset, random.below(rrset.count));
  copy_octets(to, records + lead, rrset.size - lead);
  copy_octets(to + rrset.size - lead, records, lead);
}

/// The records whose bits are set in `mask`, one after the other, the lead chosen at random. To
/// start at a fixed one and skip the dead would give a dead one's neighbour a double share of first
/// places.
/// @return octets written; 0 where there is not `room` for them, or no bit is set
std::size_t write_live(std::uint8_t* to, std::size_t room, const zone::RrsetHeader& rrset,
                       std::uint64_t mask, Random& random) noexcept;

}  // namespace rollcall::answer
