/// The journal of updates as octets. It begins with kJournalHead; an entry is its size and its
/// CRC-32 (4 octets each, big-endian), then its body:
///
///   1, origin, number, {key, base, now} each    these RRsets of the zone are now like this
///   2, origin                                   the zone is as its file again
///
/// An entry says what the RRsets are, not what changed: read twice, it leads to the same. Where
/// `base` and `now` are alike, the RRset is as in the file again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "content/deltas.hpp"
#include "dns/name.hpp"

namespace rollcall::content {

inline constexpr std::string_view kJournalHead = "rollcall updates 1\n";

/// By origin, in lower case.
using DeltasByZone = std::unordered_map<dns::Name, ZoneDeltas>;

/// @param changes as put() took them
std::string encode_changes(const dns::Name& origin, const DeltaChanges& changes);
std::string encode_flush(const dns::Name& origin);
/// All of a zone's deltas, as entries.
std::string encode_all(const dns::Name& origin, const ZoneDeltas& deltas);

struct ReadJournal {
  DeltasByZone zones;
  std::size_t good = 0;  // octets, up to the end of the last whole entry
  std::string problem;   // with what follows; empty: nothing follows
};

/// Reads as far as entries are whole.
ReadJournal read_journal(std::string_view text);

}  // namespace rollcall::content
