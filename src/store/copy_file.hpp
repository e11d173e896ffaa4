/// The last good text of each zone, in the file zone_copies of state_dir: newer copies are
/// appended, and unwanted ones go when the file is written anew. Its format: state/copy_text.hpp.
/// Of two copies of one zone the later counts; a damaged copy is ignored.
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
#include "store/state_folder.hpp"

namespace rollcall::store {

struct ZoneCopy {
  WallTime saved;
  state::ZoneTexts texts;
};

/// One thread uses it.
class CopyFile {
 public:
  explicit CopyFile(StateFolder folder) : folder_(std::move(folder)) {}

  /// @return an error if there is no good copy of the zone
  Result<ZoneCopy> read(const dns::Name& origin);

  /// Appends the copy unless the file has the same one already. It is on disk only after flush().
  Result<void> add(const dns::Name& origin, WallTime now, const state::ZoneTexts& texts);
  /// Waits for the disk. Drops the copies of all other zones.
  Result<void> flush(const std::vector<dns::StoredName>& wanted);
  /// Waits for the disk.
  Result<void> sync();

 private:
  /// Where a copy is in the file. There are as many as zones, so the rest of its head stays there.
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
  Result<void> sync(bool anew);
  Result<void> rewrite();
  Result<void> copy_to(const io::Descriptor& fresh, const Place& place) const;

  StateFolder folder_;
  io::Descriptor file_;
  std::uint64_t end_ = 0;  // behind the last whole copy
  bool unflushed_ = false;
  std::map<dns::StoredName, Place, dns::CanonicalLess> places_;  // by origin
};

}  // namespace rollcall::store
