/// Loads zone files on a thread of its own, so that a large zone stops neither probes nor answers.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "dns/name.hpp"
#include "server/async.hpp"
#include "zone/load.hpp"

namespace rollcall::server {

struct ZoneFile {
  dns::Name origin;
  std::string file;
};

/// What became of one file.
struct LoadedZone {
  dns::Name origin;
  std::shared_ptr<const zone::Zone> zone;  // null: refused, or unchanged
  bool unchanged = false;  // the very text that the last load of it had, and the same pools
  Diagnostics diagnostics;
};

/// Reads the files of one zone for zone::load_zone: relative names in it are relative to its folder.
/// @param digest is mixed with every text that is read
zone::ReadFile zone_file_reader(const std::string& zone_file, std::uint64_t& digest);

class ZoneLoader {
 public:
  /// @param replies where `done` handlers run: the control strand
  explicit ZoneLoader(asio::any_io_executor replies) : replies_(std::move(replies)) {}
  ~ZoneLoader() { thread_.join(); }

  /// Loads the files one after the other.
  /// @param pools owner names whose addresses are watched
  /// @param each called for every file as it is done, @param all once behind them
  void load(std::vector<ZoneFile> files, std::vector<dns::Name> pools,
            std::function<void(LoadedZone)> each, std::function<void()> all);

 private:
  LoadedZone load_one(const ZoneFile& file, std::span<const dns::Name> pools);

  asio::any_io_executor replies_;
  std::map<std::string, std::uint64_t> digests_;  // of what was loaded; the loader thread's own
  asio::thread_pool thread_{1};
};

}  // namespace rollcall::server
