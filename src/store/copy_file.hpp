/// The last good text of each zone, many zones in one file: what is newer is appended, and what is
/// no longer wanted goes when the file is written anew.
/// Its words: state/copy_text.hpp. Of two copies of one zone the later counts; one that is damaged
/// is as if it were not there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "io/descriptor.hpp"
#include "state/copy_text.hpp"

namespace rollcall::store {

struct ZoneCopy {
  WallTime saved;
  state::ZoneTexts texts;
};

/// One thread uses it.
class CopyFile {
 public:
  explicit CopyFile(std::string path) : path_(std::move(path)) {}

  /// @return an error where there is no good copy of the zone
  Result<ZoneCopy> read(const dns::Name& origin);

  /// Appends it where the file has not the very same already. It is safe with flush().
  Result<void> add(const dns::Name& origin, WallTime now, const state::ZoneTexts& texts);
  /// Waits for the disk. Copies of zones other than these go.
  Result<void> flush(const std::vector<dns::StoredName>& wanted);

 private:
  /// Where a copy stands. There are as many as zones: the rest of its head stays in the file.
  struct Place {
    std::uint64_t begin = 0;  // of its first line
    std::uint64_t body = 0;
    std::uint64_t end = 0;
    std::size_t digest = 0;  // hash of the head's
  };
  struct Found {
    state::CopyHead head;
    Place place;
  };
  static Place place_of(const state::CopyHead& head, std::uint64_t begin, std::size_t head_size);

  Result<void> open();
  void scan();
  std::uint64_t next_head(std::uint64_t from) const;
  Result<Found> read_head(std::uint64_t at) const;
  Result<std::string> read_octets(std::uint64_t at, std::size_t count) const;
  Result<void> append(std::string_view text);
  Result<void> rewrite();

  std::string path_;
  io::Descriptor file_;
  std::uint64_t end_ = 0;  // behind the last whole copy
  bool unflushed_ = false;
  std::map<dns::StoredName, Place, dns::CanonicalLess> places_;  // by origin
};

}  // namespace rollcall::store
