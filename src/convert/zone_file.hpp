/// Zone files of a conversion: whether rollcalld loads them, and how they are changed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convert/target.hpp"
#include "dns/name.hpp"
#include "dns/rdata_text.hpp"
#include "zone/zone.hpp"

namespace rollcall::convert {

struct LoadedZone {
  std::shared_ptr<const zone::Zone> zone;  // null where `problem` says why
  std::string problem;
  std::vector<std::pair<std::string, std::string>> included;  // path in the target folder, text
};

/// Loads the text as rollcalld will. Files of $INCLUDE with a relative path are read beside the
/// zone's source; their copies go beside the zone's copy.
LoadedZone load_zone_text(const TargetZone& zone, const Surroundings& surroundings);

/// Puts blanks before records that begin with the word IN in the first column: their owner, which
/// the file has before them, would otherwise be a host named "in".
/// @param report called with the number of each line that is changed
std::string mend_class_words(std::string_view text,
                             const std::function<void(std::uint32_t line)>& report);

/// `path` beside `file`, unless it is absolute.
std::string path_beside(std::string_view file, std::string_view path);

/// An entry of a zone file: a directive or a record.
struct ZoneEntry {
  SourcePosition where;  // its first word
  const std::vector<dns::Word>& words;
  std::size_t first = 0;    // the first word behind the owner
  const dns::Name& origin;  // as $ORIGIN has it here
  const dns::Name& owner;   // of a record; else that of the record before
};

/// True for what may be between an owner and a type: "300", "1H", gdnsd's "300/30", "IN".
bool is_ttl_or_class(const dns::Word& word);

/// What becomes of an entry: nothing: it stays; else these lines, without the last line end. The
/// rest of its last line, a comment, stays.
using EditEntry = std::function<std::optional<std::string>(const ZoneEntry&)>;

/// The text of a zone file with `edit` applied to each entry, front to back. Entries that cannot be
/// read stay as they are.
std::string edit_zone(const SourceFile& source, const dns::Name& origin, const EditEntry& edit);

/// `OWNER TTL IN TYPE DATA`, without the TTL where it is empty.
std::string record_line(const dns::Name& owner, std::string_view ttl, std::string_view type,
                        std::string_view data);

}  // namespace rollcall::convert
