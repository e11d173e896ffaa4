/// The format of the file of zone copies (store/copy_file.hpp):
///
///   rollcall-copy ORIGIN SAVED PARTS OCTETS SHA256 CHECK
///   PATH-LENGTH TEXT-LENGTH
///   PATH TEXT                (without the blank; PARTS times, the zone file first)
///
/// SAVED is in UNIX-MILLISECONDS; OCTETS counts what follows the first line; SHA256 is that of
/// ORIGIN and of those octets; CHECK is the beginning of the SHA256 of the line up to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "dns/stored_name.hpp"

namespace rollcall::state {

inline constexpr std::string_view kCopyMagic = "rollcall-copy ";
inline constexpr std::size_t kMaxCopyHead =
    1500;  // octets; an origin of 255 octets is 1,020 as text

/// A zone's text: its file and those that it includes, by the paths that it gives.
struct ZoneTexts {
  struct Part {
    std::string path;  // as $INCLUDE has it; empty: the zone file itself
    std::string text;
  };
  std::vector<Part> parts;
};

/// The first line of a copy.
struct CopyHead {
  dns::StoredName origin;
  WallTime saved{};
  std::size_t parts = 0;
  std::uint64_t octets = 0;  // of the body
  std::string digest;        // of it
};

/// The digest in a head: of the origin in lower case, and of the body.
std::string copy_digest(std::string_view origin, std::string_view body);

/// The line, with its end.
std::string format_copy_head(const CopyHead& head);
/// @param line without its end
Result<CopyHead> parse_copy_head(std::string_view line);

std::string format_copy_body(const ZoneTexts& texts);
/// @return nothing where format_copy_body() has not written the body
std::optional<ZoneTexts> parse_copy_body(std::string_view body, std::size_t parts);

}  // namespace rollcall::state
