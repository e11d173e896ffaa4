#include "daemon/zone_loader.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <boost/asio/post.hpp>
#include <filesystem>

#include "content/written_zone.hpp"
#include "files/file_reader.hpp"
#include "state/content_digest.hpp"

namespace rollcall::daemon {
namespace {

#ifndef MADV_COLLAPSE
constexpr int MADV_COLLAPSE = 25;  // Linux 6.1; Debian 12 has the kernel but not the name
#endif

void append(Diagnostics& to, const Diagnostics& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

/// Random lookups in a large zone wait as long for the page table as for the memory itself. Kernels
/// before 6.1 refuse; newer ones do it whatever /sys/kernel/mm/transparent_hugepage says about
/// other pages.
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

std::size_t digest_of_pools(const zone::ZoneSpec& spec) {
  std::size_t digest = 0;
  for (const dns::Name& pool : spec.pools) store::mix_text(digest, as_text(pool.wire()));
  store::mix_text(digest, "MX");
  for (const dns::Name& pool : spec.mx_pools) store::mix_text(digest, as_text(pool.wire()));
  return digest;
}

std::string LoadedZone::first_error() const {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::error) return to_string(diagnostic);
  }
  return {};
}

namespace {

std::string absolute_place(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace

void ZoneLoader::load(std::vector<zone::ZoneSpecPtr> zones, PoolRules rules,
                      std::function<void(LoadedZone)> each, std::function<void()> all) {
  asio::post(thread_, [this, zones = std::move(zones), rules = std::move(rules),
                       each = std::move(each), all = std::move(all)] {
    std::vector<files::WantedFile> wanted;
    std::vector<zone::ZoneSpecPtr> with_files;
    for (const auto& spec : zones) {
      if (ending_) return;
      if (spec->transfer.is_transferred()) {
        auto loaded = std::make_shared<LoadedZone>(load_transferred(*spec, rules));
        asio::post(replies_, [each, loaded] { each(std::move(*loaded)); });
      } else {
        wanted.push_back({spec->file, {.known = stamp_of(*spec)}});
        with_files.push_back(spec);
      }
    }
    read_all_(wanted, [&](std::size_t place, Text text) {
      if (ending_) return false;
      const zone::ZoneSpec& spec = *with_files[place];
      auto loaded = std::make_shared<LoadedZone>(load_or_refuse(spec, std::move(text), rules));
      if (has_errors(loaded->diagnostics)) serve_copy(spec, rules, *loaded);
      loaded->spec = with_files[place];
      asio::post(replies_, [each, loaded] { each(std::move(*loaded)); });
      return true;
    });
    if (ending_) return;
    asio::post(replies_, all);
  });
}

void ZoneLoader::rewrite(zone::ZoneSpecPtr spec, content::ZoneDeltas deltas,
                         std::function<void(Result<Rewritten>)> done) {
  asio::post(thread_,
             [this, spec = std::move(spec), deltas = std::move(deltas), done = std::move(done)] {
               const zone::ReadFile read = [&](const std::string& path) -> Result<std::string> {
                 Text text = read_(files::place_beside(spec->file, path), {});
                 if (!text) return std::unexpected(text.error());
                 return std::move(text->text);
               };
               const auto result = std::make_shared<Result<Rewritten>>(fail("out of memory"));
               try {
                 const Result<std::string> before = read(spec->file);
                 auto after = before ? content::written_zone(*spec, *before, deltas, read) : before;
                 *result = after ? Result<Rewritten>(Rewritten{*before, std::move(*after)})
                                 : std::unexpected(after.error());
               } catch (const std::exception& error) {
                 *result = fail(error.what());
               }
               asio::post(replies_, [done, result] { done(std::move(*result)); });
             });
}

void ZoneLoader::compact(std::shared_ptr<const zone::Zone> zone,
                         std::function<void(std::shared_ptr<const zone::Zone>)> done) {
  asio::post(thread_, [this, zone = std::move(zone), done = std::move(done)] {
    if (ending_) return;
    auto compacted = zone->compacted();
    use_huge_pages(*compacted);
    done(std::move(compacted));
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

/// Texts, drafts and the former settings are freed, but glibc keeps their pages: after a zone of a
/// million records, that was as much again as the zone.
void ZoneLoader::give_memory_back() {
  asio::post(thread_, [] { ::malloc_trim(0); });
}

void ZoneLoader::forget(const dns::Name& origin) {
  asio::post(thread_, [this, origin] {
    known_.erase(origin);
    served_copies_.erase(origin);
  });
}

/// Nothing in a zone file ends the server, not even a zone larger than the memory.
LoadedZone ZoneLoader::load_or_refuse(const zone::ZoneSpec& spec, Text text,
                                      const PoolRules& rules) {
  try {
    return load_one(spec, std::move(text), rules);
  } catch (const std::exception& error) {
    return {.origin = spec.origin,
            .zone = nullptr,
            .diagnostics = {{Severity::error, {spec.file}, error.what()}}};
  }
}

LoadedZone ZoneLoader::load_one(const zone::ZoneSpec& spec, Text first, const PoolRules& rules) {
  if (auto same = look_again(spec, first, rules)) return std::move(*same);
  store::CopySource source{.origin = spec.origin, .file = spec.file, .paths = {}};
  Known now{.pools = digest_of_pools(spec), .place = std::hash<std::string>{}(spec.file)};
  bool settled = true;
  std::vector<std::string> read_places;
  const zone::ReadFile read = [&](const std::string& path) -> Result<std::string> {
    const std::string place = files::place_beside(spec.file, path);
    const bool is_first = source.paths.empty() && !(first && first->unchanged);
    Text text = is_first ? std::move(first) : read_(place, {});
    source.paths.push_back(path);
    if (spec.watch) read_places.push_back(absolute_place(place));
    if (!text) return std::unexpected(text.error());
    store::mix_text(source.digest, text->text);
    settled = settled && !files::may_be_written(text->stamp);
    if (now.stamp) {
      now.included.emplace_back(place, text->stamp);
    } else {
      now.stamp = text->stamp;
    }
    return std::move(text->text);
  };
  zone::LoadReport report = zone::load_zone(
      spec, read, [this] { return ending_.load(std::memory_order_relaxed); }, rules.place_of);
  if (!settled) now.stamp.reset();
  now.digest = source.digest ^ now.pools;
  now.zone = report.zone;
  now.diagnostics = report.diagnostics;
  LoadedZone loaded{
      .origin = spec.origin, .zone = nullptr, .diagnostics = std::move(report.diagnostics)};
  loaded.files = std::move(read_places);
  if (report.zone && rules.check) append(loaded.diagnostics, rules.check(*report.zone));
  if (has_errors(loaded.diagnostics)) return loaded;
  Known& last = known_[spec.origin];
  loaded.unchanged = last.digest == now.digest;
  if (loaded.unchanged) now.zone = last.zone;
  last = std::move(now);
  served_copies_.erase(spec.origin);
  if (loaded.unchanged) return loaded;
  loaded.source = std::move(source);
  use_huge_pages(*report.zone);
  loaded.content = state::content_digest(*report.zone);
  loaded.zone = std::move(report.zone);
  return loaded;
}

std::optional<files::FileStamp> ZoneLoader::stamp_of(const zone::ZoneSpec& spec) const {
  const auto found = known_.find(spec.origin);
  if (found == known_.end() || found->second.zone.expired()) return std::nullopt;
  const Known& last = found->second;
  const bool same_place = last.place == std::hash<std::string>{}(spec.file);
  if (!same_place || last.pools != digest_of_pools(spec)) return std::nullopt;
  return last.stamp;
}

/// Nearly all of tens of thousands of zones are unchanged: a zone whose files have the stamps of
/// the last load is neither read nor built. Only its checks against the configuration run again.
/// @return nothing if the zone has to be loaded
std::optional<LoadedZone> ZoneLoader::look_again(const zone::ZoneSpec& spec, const Text& text,
                                                 const PoolRules& rules) {
  if (!text || !text->unchanged) return std::nullopt;
  const Known& last = known_.find(spec.origin)->second;
  const std::shared_ptr<const zone::Zone> zone = last.zone.lock();
  if (!zone) return std::nullopt;
  for (const auto& [path, stamp] : last.included) {
    const auto included = read_(path, {.known = stamp});
    if (!included || !included->unchanged) return std::nullopt;
  }
  LoadedZone loaded{
      .origin = spec.origin, .zone = nullptr, .content = {}, .diagnostics = last.diagnostics};
  if (spec.watch) {
    loaded.files.push_back(absolute_place(spec.file));
    for (const auto& [path, stamp] : last.included) loaded.files.push_back(absolute_place(path));
  }
  if (rules.check) append(loaded.diagnostics, rules.check(*zone));
  loaded.unchanged = !has_errors(loaded.diagnostics);
  return loaded;
}

/// For a refused zone without an old version: serving its last good text is better than SERVFAIL.
void ZoneLoader::serve_copy(const zone::ZoneSpec& spec, const PoolRules& rules,
                            LoadedZone& refused) {
  const auto served = served_copies_.find(spec.origin);
  if (served != served_copies_.end()) refused.copied = served->second;
  if (copies_ == nullptr || refused.copied || known_.contains(spec.origin)) return;
  const auto warn = [&](const std::string& why) {
    refused.diagnostics.push_back(
        {Severity::warning, {spec.file}, "the last good copy cannot be served: " + why});
  };
  try {
    const Result<store::ZoneCopy> copy = copies_->read(spec.origin);
    if (!copy) return warn(copy.error().message);
    const zone::LoadReport report =
        zone::load_zone(spec, store::reader_of(copy->texts, spec.file), {}, rules.place_of);
    if (!report.zone) return warn("the copy has errors too");
    use_huge_pages(*report.zone);
    refused.content = state::content_digest(*report.zone);
    refused.zone = report.zone;
    refused.copied = served_copies_[spec.origin] = copy->saved;
  } catch (const std::exception& error) {
    warn(error.what());
  }
}

}  // namespace rollcall::daemon
