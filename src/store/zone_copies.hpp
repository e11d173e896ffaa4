/// Keeps a copy of each zone's last good text in state_dir, from which a start serves a zone whose
/// file has errors. Written behind, by a thread of its own: nobody waits for it.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "io/async.hpp"
#include "io/file_reader.hpp"
#include "store/copy_file.hpp"
#include "zone/load.hpp"

namespace rollcall::store {

/// A zone that was loaded from these files: its copy is read from them again, later.
struct CopySource {
  dns::StoredName origin;
  std::string file;
  std::vector<std::string> paths;  // as they were asked for, the zone file first
  std::size_t digest = 0;          // of their texts: what has another one by then is not copied
};

/// One thread calls keep(), and one, possibly another, read().
class ZoneCopies {
 public:
  /// @param file in state_dir
  /// @param read_all how many files are read; empty: by `read`
  ZoneCopies(std::string file, io::ReadText read, io::ReadTexts read_all = {})
      : read_(std::move(read)),
        read_all_(read_all ? std::move(read_all) : io::one_by_one(read_)),
        file_(std::move(file)) {}
  /// Waits for the zone that is being copied, and for none behind it.
  ~ZoneCopies();
  ZoneCopies(const ZoneCopies&) = delete;
  ZoneCopies& operator=(const ZoneCopies&) = delete;

  /// The last good text of the zone, or why there is none. Waits for the disk.
  Result<ZoneCopy> read(const dns::Name& origin);

  /// Copies these soon, and drops the copies of zones that are not in `configured`.
  /// @param after called on a thread of this object when that is done; not at the end of the server
  void keep(std::vector<CopySource> sources, std::vector<dns::StoredName> configured,
            std::function<void()> after = {});

 private:
  void copy(const CopySource& source, Result<io::FileText> first);
  void flush(const std::vector<dns::StoredName>& configured);

  const io::ReadText read_;
  const io::ReadTexts read_all_;
  std::mutex mutex_;
  CopyFile file_;  // guarded by mutex_
  std::atomic<bool> ending_ = false;
  asio::thread_pool thread_{1};
};

/// Of a text of one of a zone's files; tells one from another, and is no defence.
void mix_text(std::size_t& digest, std::string_view text);

/// For zone::load_zone: what the copy has.
zone::ReadFile reader_of(const state::ZoneTexts& texts, const std::string& zone_file);

}  // namespace rollcall::store
