/// Reads the configuration and loads zone files on a thread of its own, so that a large zone delays
/// neither probes nor answers.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "daemon/settings.hpp"
#include "dns/name.hpp"
#include "io/async.hpp"
#include "io/file_reader.hpp"
#include "store/zone_copies.hpp"
#include "zone/load.hpp"

namespace rollcall::daemon {

struct ZoneFile {
  dns::Name origin;
  std::string file;
  std::vector<dns::Name> pools;          // owner names whose addresses are watched
  std::vector<dns::Name> mx_pools = {};  // owner names whose MX records are watched
  zone::PoolPlace place_of = {};
  SourcePosition named_at = {};  // where the configuration names `file`
};

/// A check of the built zone against the configuration; its errors refuse the zone.
using ZoneCheck = std::function<Diagnostics(const zone::Zone&)>;

/// The result of loading one file.
struct LoadedZone {
  dns::Name origin;
  std::shared_ptr<const zone::Zone> zone;        // null: refused, or unchanged
  std::string content;                           // content_digest() of the zone
  bool unchanged = false;                        // same text and same pools as at the last load
  std::optional<store::CopySource> source = {};  // the files to copy; only for a new text
  std::optional<WallTime> copied = {};           // when the copy that is served instead was made
  Diagnostics diagnostics;
};

class ZoneLoader {
 public:
  /// @param replies where `done` handlers run: the control strand
  /// @param read reads files; it fails at once when the program has to end
  /// @param copies the last good texts; null: none are kept
  ZoneLoader(asio::any_io_executor replies, io::ReadText read, store::ZoneCopies* copies = nullptr)
      : replies_(std::move(replies)), read_(std::move(read)), copies_(copies) {}
  /// Cancels the load under way.
  ~ZoneLoader() {
    ending_ = true;
    thread_.join();
  }

  /// Reads the configuration once more, after the load under way.
  void reread(ReadSettings settings, std::function<void(Result<Settings, Diagnostics>)> done);

  /// Loads the files one after the other.
  /// @param each called for every file when it is loaded, @param all once after them
  void load(std::vector<ZoneFile> files, ZoneCheck check, std::function<void(LoadedZone)> each,
            std::function<void()> all);

  /// Forgets the digest of a zone that is no longer served, so that its next load always builds it.
  void forget(const dns::Name& origin);

 private:
  LoadedZone load_or_refuse(const ZoneFile& file, const ZoneCheck& check);
  LoadedZone load_one(const ZoneFile& file, const ZoneCheck& check);
  std::optional<LoadedZone> look_again(const ZoneFile& file, const ZoneCheck& check);
  void serve_copy(const ZoneFile& file, LoadedZone& refused);

  asio::any_io_executor replies_;
  /// A zone that was loaded from its file, and the state of that file.
  struct Known {
    std::size_t pools = 0;                                     // digest of their names
    std::size_t digest = 0;                                    // of the texts and those
    std::vector<std::pair<std::string, io::FileStamp>> files;  // empty if one may still be written
    std::weak_ptr<const zone::Zone> zone;
    Diagnostics diagnostics;  // of the text
  };

  io::ReadText read_;
  store::ZoneCopies* copies_;
  // The loader thread's own, by origin: what was loaded, and what a copy stands in for.
  std::map<std::string, Known> known_;
  std::map<std::string, WallTime> served_copies_;
  std::atomic<bool> ending_ = false;
  asio::thread_pool thread_{1};
};

}  // namespace rollcall::daemon
