/// The last good text of each zone, many zones in one file: what is newer is appended, and what is
/// no longer wanted goes when the file is written anew.
///
///   rollcall-copy ORIGIN SAVED PARTS OCTETS SHA256 CHECK
///   PATH-LENGTH TEXT-LENGTH
///   PATH TEXT                (without the blank; PARTS times, the zone file first)
///
/// SAVED is in UNIX-MILLISECONDS; OCTETS counts what follows the first line; SHA256 is that of
/// ORIGIN and of those octets; CHECK is the beginning of the SHA256 of the line up to it. Of two
/// copies of one zone the later counts; one that is damaged is as if it were not there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "server/descriptor.hpp"

namespace rollcall::server {

/// A zone's text: its file, and what it includes, by the words that it is asked for.
struct ZoneTexts {
  struct Part {
    std::string path;  // as $INCLUDE has it; empty: the zone file itself
    std::string text;
  };
  std::vector<Part> parts;
};

struct ZoneCopy {
  WallTime saved;
  ZoneTexts texts;
};

/// One thread uses it.
class CopyFile {
 public:
  explicit CopyFile(std::string path) : path_(std::move(path)) {}

  /// @return an error where there is no good copy of the zone
  Result<ZoneCopy> read(const dns::Name& origin);

  /// Appends it where the file has not the very same already. It is safe with flush().
  Result<void> add(const dns::Name& origin, WallTime now, const ZoneTexts& texts);
  /// Waits for the disk. Copies of zones other than these go.
  Result<void> flush(const std::vector<dns::Name>& wanted);

 private:
  /// Where a copy stands.
  struct Place {
    WallTime saved;
    std::size_t parts = 0;
    std::uint64_t begin = 0;  // of its first line
    std::uint64_t body = 0;
    std::uint64_t octets = 0;  // of the body
    std::string digest;
    std::uint64_t end() const { return body + octets; }
  };

  Result<void> open();
  void scan();
  std::uint64_t next_head(std::uint64_t from) const;
  Result<Place> read_head(std::uint64_t at, dns::Name& origin) const;
  Result<std::string> read_octets(std::uint64_t at, std::size_t count) const;
  Result<void> append(std::string_view text);
  Result<void> rewrite();

  std::string path_;
  Descriptor file_;
  std::uint64_t end_ = 0;  // behind the last whole copy
  bool unflushed_ = false;
  std::map<std::string, Place> places_;  // by origin
};

}  // namespace rollcall::server
