/// The words of the file of zone copies (store/copy_file.hpp):
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

/// A zone's text: its file, and what it includes, by the words that it is asked for.
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

/// What the digest of a head is made of: the origin in lower case, and the body.
std::string copy_digest(std::string_view origin, std::string_view body);

/// The line, with its end.
std::string format_copy_head(const CopyHead& head);
/// @param line without its end
Result<CopyHead> parse_copy_head(std::string_view line);

std::string format_copy_body(const ZoneTexts& texts);
/// @return nothing where the body is none of format_copy_body()
std::optional<ZoneTexts> parse_copy_body(std::string_view body, std::size_t parts);

}  // namespace rollcall::state
