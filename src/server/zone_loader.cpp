#include "server/zone_loader.hpp"

#include <boost/asio/post.hpp>
#include <functional>

#include "dns/name_hash.hpp"
#include "server/file_reader.hpp"

namespace rollcall::server {
namespace {

/// Files that a zone includes are named relative to the zone's own folder.
std::string beside(const std::string& file, const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? path : file.substr(0, slash + 1) + path;
}

/// Tells one text from another; not a defence against who can write zone files anyway.
std::uint64_t mix(std::uint64_t digest, std::string_view text) {
  return dns::hash_label(digest, as_bytes(text).data(), text.size());
}

}  // namespace

zone::ReadFile zone_file_reader(const std::string& zone_file, std::uint64_t& digest) {
  return [&digest, zone_file](const std::string& path) -> Result<std::string> {
    auto text = read_text_file(path == zone_file ? path : beside(zone_file, path));
    if (text) digest = mix(digest, *text);
    return text;
  };
}

void ZoneLoader::load(std::vector<ZoneFile> files, std::vector<dns::Name> pools,
                      std::function<void(LoadedZone)> each, std::function<void()> all) {
  asio::post(thread_, [this, files = std::move(files), pools = std::move(pools),
                       each = std::move(each), all = std::move(all)] {
    for (const ZoneFile& file : files) {
      auto loaded = std::make_shared<LoadedZone>(load_one(file, pools));
      asio::post(replies_, [each, loaded] { each(std::move(*loaded)); });
    }
    asio::post(replies_, all);
  });
}

LoadedZone ZoneLoader::load_one(const ZoneFile& file, std::span<const dns::Name> pools) {
  std::uint64_t digest = dns::kRootHash;
  for (const dns::Name& pool : pools) digest = mix(digest, as_text(pool.wire()));
  zone::LoadReport report =
      zone::load_zone({file.origin, file.file, pools}, zone_file_reader(file.file, digest));
  LoadedZone loaded{.origin = file.origin,
                    .zone = nullptr,
                    .diagnostics = std::move(report.diagnostics)};
  std::uint64_t& last = digests_[file.origin.to_text()];
  if (!report.zone) return loaded;
  loaded.unchanged = last == digest;
  last = digest;
  if (!loaded.unchanged) loaded.zone = std::move(report.zone);
  return loaded;
}

}  // namespace rollcall::server
