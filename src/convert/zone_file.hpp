/// Zone files of a conversion: whether rollcalld loads them, and how they are changed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convert/target.hpp"
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

}  // namespace rollcall::convert
