/// Reads the configuration, loads zone files and builds transferred zones on a thread of its own,
/// so that a large zone delays neither probes nor answers.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "content/deltas.hpp"
#include "core/diagnostic.hpp"
#include "daemon/settings.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "files/file_reader.hpp"
#include "io/async.hpp"
#include "store/zone_copies.hpp"
#include "transfer/incoming.hpp"
#include "zone/load.hpp"

namespace rollcall::daemon {

/// What the configuration says of pools. Any thread.
struct PoolRules {
  std::function<Diagnostics(const zone::Zone&)> check = {};  // its errors refuse the built zone
  zone::PoolPlace place_of = {};
};

/// The result of loading one file, or of building what was transferred.
struct LoadedZone {
  dns::Name origin;
  zone::ZoneSpecPtr spec = {};                   // with which it was loaded
  std::shared_ptr<const zone::Zone> zone;        // null: refused, or unchanged
  std::string content;                           // content_digest() of the zone
  bool unchanged = false;                        // same text and same pools as at the last load
  std::optional<store::CopySource> source = {};  // the files to copy; only for a new text
  std::optional<WallTime> copied = {};           // when the copy that is served instead was made
  Diagnostics diagnostics;
  std::vector<std::string> files =
      {};                    // of a zone with `watch`: absolute paths, whatever came of it
  bool transferred = false;  // the zone has no file

  std::string first_error() const;
  std::string misfit = {};  // why transferred changes do not fit what is served; empty: they do
  std::shared_ptr<const std::string> text = {};  // of a transferred zone that is new: to be kept
};

/// Digest of the names of the zone's pools.
std::size_t digest_of_pools(const zone::ZoneSpec& spec);

/// Puts the data that queries read into pages of 2 MiB, if it is large enough.
void use_huge_pages(const zone::Zone& zone);

class ZoneLoader {
 public:
  /// @param replies where `done` handlers run: the control strand
  /// @param read reads files; it fails at once when the program has to end
  /// @param copies the last good texts; null: none are kept
  /// @param read_all reads many files; empty: `read` does
  ZoneLoader(asio::any_io_executor replies, files::ReadText read,
             store::ZoneCopies* copies = nullptr, files::ReadTexts read_all = {})
      : replies_(std::move(replies)),
        read_(std::move(read)),
        read_all_(read_all ? std::move(read_all) : files::one_by_one(read_)),
        copies_(copies) {}
  /// Cancels the load under way.
  ~ZoneLoader() {
    ending_ = true;
    thread_.join();
  }

  /// Reads the configuration once more, after the load under way.
  void reread(ReadSettings settings, std::function<void(Result<Settings, Diagnostics>)> done);

  /// Loads the zones one after the other.
  /// @param each called for every zone when it is loaded, @param all once after them
  void load(std::vector<zone::ZoneSpecPtr> zones, PoolRules rules,
            std::function<void(LoadedZone)> each, std::function<void()> all);

  /// Builds a zone from what a transfer brought, and checks it as a file is checked.
  void build(zone::ZoneSpecPtr spec, transfer::Incoming content, PoolRules rules,
             std::function<void(LoadedZone)> done);

  /// The zone's file as it is, and with what updates have made of the zone (content/written_zone).
  struct Rewritten {
    std::string before, after;
  };
  void rewrite(zone::ZoneSpecPtr spec, content::ZoneDeltas deltas,
               std::function<void(Result<Rewritten>)> done);

  /// Makes one base of the zone's base and overlay, behind what is being loaded.
  /// @param done called on the loader's thread
  void compact(std::shared_ptr<const zone::Zone> zone,
               std::function<void(std::shared_ptr<const zone::Zone>)> done);

  /// Gives freed memory back to the system, behind what is being loaded. It takes some
  /// milliseconds, in which other threads may wait to allocate: once a load.
  void give_memory_back();

  /// Forgets the digest of a zone that is no longer served, so that its next load always builds it.
  void forget(const dns::Name& origin);

 private:
  using Text = Result<files::FileText>;
  /// The stamp of the zone's own file, where that may spare reading it.
  std::optional<files::FileStamp> stamp_of(const zone::ZoneSpec& spec) const;
  // `text` is of the zone's own file, read with stamp_of().
  LoadedZone load_or_refuse(const zone::ZoneSpec& spec, Text text, const PoolRules& rules);
  LoadedZone load_one(const zone::ZoneSpec& spec, Text text, const PoolRules& rules);
  std::optional<LoadedZone> look_again(const zone::ZoneSpec& spec, const Text& text,
                                       const PoolRules& rules);
  void serve_copy(const zone::ZoneSpec& spec, const PoolRules& rules, LoadedZone& refused);

  // transferred_zones.cpp
  LoadedZone load_transferred(const zone::ZoneSpec& spec, const PoolRules& rules);
  std::shared_ptr<const zone::Zone> transferred_before(const zone::ZoneSpec& spec) const;
  Result<std::string> text_of(const zone::ZoneSpec& spec, transfer::Incoming content) const;
  void build_text(const zone::ZoneSpec& spec, const std::string& text, const PoolRules& rules,
                  LoadedZone& loaded);

  asio::any_io_executor replies_;
  /// A zone that was loaded from its file, and the state of that file.
  struct Known {
    std::size_t pools = 0;                  // digest of their names
    std::size_t digest = 0;                 // of the texts and those
    std::size_t place = 0;                  // hash of the zone's own file's path
    std::optional<files::FileStamp> stamp;  // of that file; nothing if one may still be written
    std::vector<std::pair<std::string, files::FileStamp>> included;
    std::weak_ptr<const zone::Zone> zone;
    Diagnostics diagnostics;  // of the text
  };

  files::ReadText read_;
  files::ReadTexts read_all_;
  store::ZoneCopies* copies_;
  // The loader thread's own, by origin: what was loaded, and what a copy stands in for.
  template <class T>
  using ByOrigin = std::unordered_map<dns::StoredName, T, dns::NameHash, std::equal_to<>>;
  ByOrigin<Known> known_;
  ByOrigin<WallTime> served_copies_;
  std::atomic<bool> ending_ = false;
  asio::thread_pool thread_{1};
};

}  // namespace rollcall::daemon
