/// Copies records from a zone into a response: all of them or the live ones, rotated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/octets.hpp"
#include "core/random.hpp"
#include "zone/node.hpp"
#include "zone/watch_table.hpp"

namespace rollcall::answer {

using zone::record_size;

/// The offset of record `index` in a run of prerendered records.
inline std::size_t record_offset(const zone::RrsetHeader& rrset, std::size_t index) noexcept {
  if (rrset.record_size != 0) return index * rrset.record_size;
  const std::uint8_t* start = rrset.records().data();
  const std::uint8_t* at = start;
  for (; index > 0; --index) at += record_size(at);
  return static_cast<std::size_t>(at - start);
}

/// Writes all records of an RRset one after the other, beginning with a random one. Inlined by
/// force: most answers come this way, and with two callers in one source g++ would not.
/// @param to as many octets as the records have
[[gnu::always_inline]] inline void write_in_turn(std::uint8_t* to, const zone::RrsetHeader& rrset,
                                                 Random& random) noexcept {
  const std::uint8_t* records = rrset.records().data();
  if (rrset.count == 1) return copy_octets(to, records, rrset.size);
  const std::size_t lead = record_offset(rrset, random.below(rrset.count));
  copy_octets(to, records + lead, rrset.size - lead);
  copy_octets(to + rrset.size - lead, records, lead);
}

struct Written {
  std::size_t octets = 0;
  unsigned records = 0;
};

/// Writes the live records of a watched RRset: beginning with a random one, or all of them drawn by
/// their shares. A start at a random record that skips dead ones would give a dead record's
/// neighbour a double share of first places.
/// @return nothing where `room` is too small; no records where none is live
std::optional<Written> write_live(std::uint8_t* to, std::size_t room,
                                  const zone::RrsetHeader& rrset, const zone::WatchTable& watches,
                                  Random& random) noexcept;

/// Writes the records of an RRset that are answered: all of them, or the live ones of a watched
/// RRset.
/// @return as write_live() does
inline std::optional<Written> write_records(std::uint8_t* to, std::size_t room,
                                            const zone::RrsetHeader& rrset,
                                            const zone::WatchTable& watches,
                                            Random& random) noexcept {
  if (rrset.watched()) return write_live(to, room, rrset, watches, random);
  if (rrset.size > room) return std::nullopt;
  write_in_turn(to, rrset, random);
  return Written{rrset.size, rrset.count};
}

}  // namespace rollcall::answer
