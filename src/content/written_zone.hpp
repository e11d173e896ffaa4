/// A zone's file with what updates have made of the zone: records that went are taken out, those
/// that came stand behind the others of their name and type, every other line stays as it is.
#pragma once

#include <string>

#include "content/deltas.hpp"
#include "core/result.hpp"
#include "zone/load.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::content {

/// The new text is loaded and compared before it is returned.
/// @param read the files that the zone includes; its own one is `text`
/// @return an error where an RRset that changed is made by $GENERATE or by an included file, and
///         where the text cannot say what the zone is
Result<std::string> written_zone(const zone::ZoneSpec& spec, const std::string& text,
                                 const ZoneDeltas& deltas, const zone::ReadFile& read);

}  // namespace rollcall::content
