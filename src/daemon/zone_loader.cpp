#include "daemon/zone_loader.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <boost/asio/post.hpp>

#include "io/file_reader.hpp"
#include "state/content_digest.hpp"

namespace rollcall::daemon {
namespace {

#ifndef MADV_COLLAPSE
constexpr int MADV_COLLAPSE = 25;  // Linux 6.1; Debian 12 has the kernel but not the name
#endif

/// Puts the data that queries read into pages of 2 MiB, if it is large enough: random lookups in a
/// large zone wait as long for the page table as for the memory itself. Kernels before 6.1 refuse;
/// newer ones do it whatever /sys/kernel/mm/transparent_hugepage says about other pages.
void use_huge_pages(const zone::Zone& zone) {
  constexpr std::uintptr_t kHugePage = 2UL * 1024 * 1024;
  for (const Bytes block : zone.blocks()) {
    const auto begin = reinterpret_cast<std::uintptr_t>(block.data());
    const std::uintptr_t first = (begin + kHugePage - 1) / kHugePage * kHugePage;
    const std::uintptr_t last = (begin + block.size()) / kHugePage * kHugePage;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel names its ranges by numbers
    if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_COLLAPSE);
  }
}

std::size_t digest_of_pools(const ZoneFile& file) {
  std::size_t digest = 0;
  for (const dns::Name& pool : file.pools) store::mix_text(digest, as_text(pool.wire()));
  store::mix_text(digest, "MX");
  for (const dns::Name& pool : file.mx_pools) store::mix_text(digest, as_text(pool.wire()));
  return digest;
}

void append(Diagnostics& to, const Diagnostics& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

void ZoneLoader::load(std::vector<ZoneFile> files, ZoneCheck check,
                      std::function<void(LoadedZone)> each, std::function<void()> all) {
  asio::post(thread_, [this, files = std::move(files), check = std::move(check),
                       each = std::move(each), all = std::move(all)] {
    for (const ZoneFile& file : files) {
      if (ending_) return;
      auto loaded = std::make_shared<LoadedZone>(load_or_refuse(file, check));
      if (has_errors(loaded->diagnostics)) serve_copy(file, *loaded);
      asio::post(replies_, [each, loaded] { each(std::move(*loaded)); });
    }
    asio::post(replies_, all);
    // Texts and drafts are freed by now, but glibc keeps their pages: after a zone of a million
    // records, as much memory as the zone itself.
    malloc_trim(0);
  });
}

void ZoneLoader::reread(ReadSettings settings,
                        std::function<void(Result<Settings, Diagnostics>)> done) {
  asio::post(thread_, [this, settings = std::move(settings), done = std::move(done)] {
    const auto read =
        std::make_shared<Result<Settings, Diagnostics>>(std::unexpected(Diagnostics{}));
    try {
      *read = settings(read_);
    } catch (const std::exception& error) {  // a configuration larger than the memory
      *read = std::unexpected(Diagnostics{{Severity::error, {}, error.what()}});
    }
    asio::post(replies_, [done, read] { done(std::move(*read)); });
  });
}

void ZoneLoader::forget(const dns::Name& origin) {
  asio::post(thread_, [this, origin] {
    known_.erase(origin.to_text());
    served_copies_.erase(origin.to_text());
  });
}

/// Nothing in a zone file ends the server, not even a zone larger than the memory.
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
  if (auto same = look_again(file, check)) return std::move(*same);
  store::CopySource source{.origin = file.origin, .file = file.file, .paths = {}};
  Known now{.pools = digest_of_pools(file)};
  bool settled = true;
  const zone::ReadFile read = [&](const std::string& path) -> Result<std::string> {
    const std::string place = io::place_beside(file.file, path);
    Result<io::FileText> text = read_(place, {});
    source.paths.push_back(path);
    if (!text) return std::unexpected(text.error());
    store::mix_text(source.digest, text->text);
    settled = settled && !io::may_be_written(text->stamp);
    now.files.emplace_back(place, text->stamp);
    return std::move(text->text);
  };
  zone::LoadReport report = zone::load_zone(
      {file.origin, file.file, file.pools, file.mx_pools, file.place_of, file.named_at}, read,
      [this] { return ending_.load(std::memory_order_relaxed); });
  if (!settled) now.files.clear();
  now.digest = source.digest ^ now.pools;
  now.zone = report.zone;
  now.diagnostics = report.diagnostics;
  LoadedZone loaded{
      .origin = file.origin, .zone = nullptr, .diagnostics = std::move(report.diagnostics)};
  if (report.zone && check) append(loaded.diagnostics, check(*report.zone));
  if (has_errors(loaded.diagnostics)) return loaded;
  const std::string name = file.origin.to_text();
  Known& last = known_[name];
  loaded.unchanged = last.digest == now.digest;
  if (loaded.unchanged) now.zone = last.zone;
  last = std::move(now);
  served_copies_.erase(name);
  if (loaded.unchanged) return loaded;
  loaded.source = std::move(source);
  use_huge_pages(*report.zone);
  loaded.content = state::content_digest(*report.zone);
  loaded.zone = std::move(report.zone);
  return loaded;
}

/// Nearly all of tens of thousands of zones are unchanged: a zone whose files have the stamps of
/// the last load is neither read nor built. Only its checks against the configuration run again.
/// @return nothing if the zone has to be loaded
std::optional<LoadedZone> ZoneLoader::look_again(const ZoneFile& file, const ZoneCheck& check) {
  const auto found = known_.find(file.origin.to_text());
  if (found == known_.end()) return std::nullopt;
  const Known& last = found->second;
  const std::shared_ptr<const zone::Zone> zone = last.zone.lock();
  const bool same_place = !last.files.empty() && last.files.front().first == file.file;
  if (!zone || !same_place || last.pools != digest_of_pools(file)) return std::nullopt;
  for (const auto& [path, stamp] : last.files) {
    const auto text = read_(path, {.known = stamp});
    if (!text || !text->unchanged) return std::nullopt;
  }
  LoadedZone loaded{
      .origin = file.origin, .zone = nullptr, .content = {}, .diagnostics = last.diagnostics};
  if (check) append(loaded.diagnostics, check(*zone));
  loaded.unchanged = !has_errors(loaded.diagnostics);
  return loaded;
}

/// For a refused zone without an old version: serving its last good text is better than SERVFAIL.
void ZoneLoader::serve_copy(const ZoneFile& file, LoadedZone& refused) {
  const std::string name = file.origin.to_text();
  const auto served = served_copies_.find(name);
  if (served != served_copies_.end()) refused.copied = served->second;
  if (copies_ == nullptr || refused.copied || known_.contains(name)) return;
  const auto warn = [&](const std::string& why) {
    refused.diagnostics.push_back(
        {Severity::warning, {file.file}, "the last good copy cannot be served: " + why});
  };
  try {
    const Result<store::ZoneCopy> copy = copies_->read(file.origin);
    if (!copy) return warn(copy.error().message);
    const zone::LoadReport report = zone::load_zone(
        {file.origin, file.file, file.pools, file.mx_pools, file.place_of, file.named_at},
        store::reader_of(copy->texts, file.file));
    if (!report.zone) return warn("the copy has errors too");
    use_huge_pages(*report.zone);
    refused.content = state::content_digest(*report.zone);
    refused.zone = report.zone;
    refused.copied = served_copies_[name] = copy->saved;
  } catch (const std::exception& error) {
    warn(error.what());
  }
}

}  // namespace rollcall::daemon
