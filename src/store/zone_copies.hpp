/// Keeps a copy of each zone's last good text in state_dir. A start serves a zone from its copy if
/// its file has errors. A thread of its own writes them, so that loading does not wait.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "files/file_reader.hpp"
#include "io/async.hpp"
#include "store/copy_file.hpp"
#include "zone/load.hpp"

namespace rollcall::store {

/// In the place of a file's path: the copy is of a zone that was transferred. A zone that has a
/// file one day and primaries the next takes no copy for its own that is not.
inline constexpr std::string_view kTransferredText = "transferred";

/// A zone that was loaded from these files. Its copy is made by reading them again, later.
struct CopySource {
  dns::StoredName origin;
  std::string file;
  std::vector<std::string> paths;  // as the loader named them, the zone file first
  std::size_t digest = 0;          // of their texts; if it has changed by then, no copy is made
};

/// One thread calls keep(), and one, possibly another, read().
class ZoneCopies {
 public:
  /// @param folder state_dir
  /// @param read_all reads many files; empty: `read` does
  ZoneCopies(StateFolder folder, files::ReadText read, files::ReadTexts read_all = {})
      : read_(std::move(read)),
        read_all_(read_all ? std::move(read_all) : files::one_by_one(read_)),
        file_(std::move(folder)) {}
  /// Finishes the copy that is being made, and makes no more.
  ~ZoneCopies();
  ZoneCopies(const ZoneCopies&) = delete;
  ZoneCopies& operator=(const ZoneCopies&) = delete;

  /// The last good text of the zone, or why there is none. Waits for the disk.
  Result<ZoneCopy> read(const dns::Name& origin);

  /// Makes copies of `sources` soon, and drops copies of zones that are not in `configured`.
  /// @param after called on a thread of this object when that is done; not at the end of the server
  void keep(std::vector<CopySource> sources, std::vector<dns::StoredName> configured,
            std::function<void()> after = {});

  /// Makes a copy of a zone that has no file. Copies that come together are flushed once.
  void keep_text(dns::StoredName origin, std::shared_ptr<const std::string> text);

 private:
  void copy(const CopySource& source, Result<files::FileText> first);
  void flush(const std::vector<dns::StoredName>& configured);

  const files::ReadText read_;
  const files::ReadTexts read_all_;
  std::mutex mutex_;
  CopyFile file_;  // guarded by mutex_
  std::atomic<bool> ending_ = false;
  std::atomic<std::size_t> texts_waiting_ = 0;
  asio::thread_pool thread_{1};
};

/// Adds a text to the digest of a zone's files. It tells texts apart, but is not cryptographic.
void mix_text(std::size_t& digest, std::string_view text);

/// For zone::load_zone: reads from the copy.
/// @param texts outlives the reader
zone::ReadFile reader_of(const state::ZoneTexts& texts, std::string zone_file);

}  // namespace rollcall::store
