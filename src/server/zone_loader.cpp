#include "server/zone_loader.hpp"

#include <malloc.h>

#include <boost/asio/post.hpp>
#include <functional>

#include "dns/name_hash.hpp"
#include "server/file_reader.hpp"

namespace rollcall::server {
namespace {

/// Tells one text from another; not a defence against who can write zone files anyway.
std::uint64_t mix(std::uint64_t digest, std::string_view text) {
  return dns::hash_label(digest, as_bytes(text).data(), text.size());
}

}  // namespace

void ZoneLoader::load(std::vector<ZoneFile> files, ZoneCheck check,
                      std::function<void(LoadedZone)> each, std::function<void()> all) {
  asio::post(thread_, [this, files = std::move(files), check = std::move(check),
                       each = std::move(each), all = std::move(all)] {
    for (const ZoneFile& file : files) {
      if (ending_) return;
      auto loaded = std::make_shared<LoadedZone>(load_or_refuse(file, check));
      // The text and the draft of a large zone are freed by now, but glibc keeps their pages: over
      // a zone of a million records that was as much again as the zone.
      malloc_trim(0);
      asio::post(replies_, [each, loaded] { each(std::move(*loaded)); });
    }
    asio::post(replies_, all);
  });
}

void ZoneLoader::forget(const dns::Name& origin) {
  asio::post(thread_, [this, origin] { digests_.erase(origin.to_text()); });
}

/// What a zone file brings about (a zone larger than the memory) ends no server.
LoadedZone ZoneLoader::load_or_refuse(const ZoneFile& file, const ZoneCheck& check) {
  try {
    return load_one(file, check);
  } catch (const std::exception& error) {
    return {.origin = file.origin,
            .zone = nullptr,
            .diagnostics = {{Severity::error, {file.file}, error.what()}}};
  }
}

LoadedZone ZoneLoader::load_one(const ZoneFile& file, const ZoneCheck& check) {
  std::uint64_t digest = dns::kRootHash;
  for (const dns::Name& pool : file.pools) digest = mix(digest, as_text(pool.wire()));
  digest = mix(digest, "MX");
  for (const dns::Name& pool : file.mx_pools) digest = mix(digest, as_text(pool.wire()));
  const zone::ReadFile read = reader_beside(file.file);
  const zone::ReadFile digesting = [&](const std::string& path) {
    Result<std::string> text = read(path);
    if (text) digest = mix(digest, *text);
    return text;
  };
  zone::LoadReport report =
      zone::load_zone({file.origin, file.file, file.pools, file.mx_pools}, digesting);
  LoadedZone loaded{
      .origin = file.origin, .zone = nullptr, .diagnostics = std::move(report.diagnostics)};
  if (report.zone && check) {
    const Diagnostics found = check(*report.zone);
    loaded.diagnostics.insert(loaded.diagnostics.end(), found.begin(), found.end());
  }
  if (has_errors(loaded.diagnostics)) return loaded;
  std::uint64_t& last = digests_[file.origin.to_text()];
  loaded.unchanged = last == digest;
  last = digest;
  if (!loaded.unchanged) loaded.zone = std::move(report.zone);
  return loaded;
}

}  // namespace rollcall::server
