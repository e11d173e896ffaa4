/// Reads the configuration and loads zone files on a thread of its own, so that a large zone stops
/// neither probes nor answers.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/diagnostic.hpp"
#include "daemon/settings.hpp"
#include "dns/name.hpp"
#include "dns/stored_name.hpp"
#include "io/async.hpp"
#include "io/file_reader.hpp"
#include "store/zone_copies.hpp"
#include "zone/load.hpp"

namespace rollcall::daemon {

/// What the configuration says of pools. Any thread.
struct PoolRules {
  std::function<Diagnostics(const zone::Zone&)> check = {};  // its errors refuse the built zone
  zone::PoolPlace place_of = {};
};

/// What became of one file.
struct LoadedZone {
  dns::Name origin;
  std::shared_ptr<const zone::Zone> zone;  // null: refused, or unchanged
  std::string content;                     // content_digest() of the zone
  bool unchanged = false;  // the very text that the last load of it had, and the same pools
  std::optional<store::CopySource> source = {};  // where the text can be read again; of a new one
  std::optional<WallTime> copied = {};           // when what is served instead was a good file
  Diagnostics diagnostics;
};

class ZoneLoader {
 public:
  /// @param replies where `done` handlers run: the control strand
  /// @param read how files are read; it ends by itself when the program is to end
  /// @param copies where the last good text of a zone is; null: nowhere
  /// @param read_all how many files are read; empty: by `read`
  ZoneLoader(asio::any_io_executor replies, io::ReadText read, store::ZoneCopies* copies = nullptr,
             io::ReadTexts read_all = {})
      : replies_(std::move(replies)),
        read_(std::move(read)),
        read_all_(read_all ? std::move(read_all) : io::one_by_one(read_)),
        copies_(copies) {}
  /// Cancels the load under way.
  ~ZoneLoader() {
    ending_ = true;
    thread_.join();
  }

  /// Reads the configuration once more, behind what is being loaded.
  void reread(ReadSettings settings, std::function<void(Result<Settings, Diagnostics>)> done);

  /// Loads the zones one after the other.
  /// @param each called for every file as it is done, @param all once behind them
  void load(std::vector<zone::ZoneSpecPtr> zones, PoolRules rules,
            std::function<void(LoadedZone)> each, std::function<void()> all);

  /// Gives freed memory back to the system, behind what is being loaded. It takes some
  /// milliseconds, in which other threads may wait to allocate: once a load.
  void give_memory_back();

  /// The next load of this zone is none that is unchanged: it is served no more.
  void forget(const dns::Name& origin);

 private:
  using Text = Result<io::FileText>;
  /// The stamp of the zone's own file, where that may spare reading it.
  std::optional<io::FileStamp> stamp_of(const zone::ZoneSpec& spec) const;
  // `text` is of the zone's own file, read with stamp_of().
  LoadedZone load_or_refuse(const zone::ZoneSpec& spec, Text text, const PoolRules& rules);
  LoadedZone load_one(const zone::ZoneSpec& spec, Text text, const PoolRules& rules);
  std::optional<LoadedZone> look_again(const zone::ZoneSpec& spec, const Text& text,
                                       const PoolRules& rules);
  void serve_copy(const zone::ZoneSpec& spec, const PoolRules& rules, LoadedZone& refused);

  asio::any_io_executor replies_;
  /// A zone that was loaded from its file, as it was then.
  struct Known {
    std::size_t pools = 0;               // digest of their names
    std::size_t digest = 0;              // of the texts and those
    std::size_t place = 0;               // hash of the zone's own file's path
    std::optional<io::FileStamp> stamp;  // of that file; nothing: one may be written still
    std::vector<std::pair<std::string, io::FileStamp>> included;
    std::weak_ptr<const zone::Zone> zone;
    Diagnostics diagnostics;  // of the text
  };

  io::ReadText read_;
  io::ReadTexts read_all_;
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
