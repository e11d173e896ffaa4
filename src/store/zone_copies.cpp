#include "store/zone_copies.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <boost/container_hash/hash.hpp>
#include <functional>

#include "files/file_reader.hpp"
#include "io/clock.hpp"

namespace rollcall::store {
namespace {

Result<std::string> text_of(Result<files::FileText> file) {
  if (!file) return std::unexpected(file.error());
  return std::move(file->text);
}

}  // namespace

void mix_text(std::size_t& digest, std::string_view text) {
  boost::hash_combine(digest, std::hash<std::string_view>{}(text));
}

zone::ReadFile reader_of(const state::ZoneTexts& texts, std::string zone_file) {
  return
      [&texts, zone_file = std::move(zone_file)](const std::string& path) -> Result<std::string> {
        for (const state::ZoneTexts::Part& part : texts.parts) {
          if (part.path == path || (part.path.empty() && path == zone_file)) return part.text;
        }
        return fail(fmt::format("{}: not in the copy", path));
      };
}

ZoneCopies::~ZoneCopies() {
  ending_ = true;
  thread_.join();
}

Result<ZoneCopy> ZoneCopies::read(const dns::Name& origin) {
  const std::lock_guard lock(mutex_);
  return file_.read(origin);
}

void ZoneCopies::keep(std::vector<CopySource> sources, std::vector<dns::StoredName> configured,
                      std::function<void()> after) {
  asio::post(thread_, [this, sources = std::move(sources), configured = std::move(configured),
                       after = std::move(after)]() mutable {
    std::vector<files::WantedFile> files;
    files.reserve(sources.size());
    for (const CopySource& source : sources) files.push_back({source.file, {}});
    read_all_(files, [&](std::size_t place, Result<files::FileText> text) {
      if (!ending_) copy(sources[place], std::move(text));
      return !ending_.load();
    });
    if (ending_) return;
    sources = {};
    flush(std::exchange(configured, {}));
    if (after) after();
  });
}

void ZoneCopies::keep_text(dns::StoredName origin, std::shared_ptr<const std::string> text) {
  ++texts_waiting_;
  asio::post(thread_, [this, origin = std::move(origin), text = std::move(text)] {
    const bool last = --texts_waiting_ == 0;
    if (ending_) return;
    const std::lock_guard lock(mutex_);
    Result<void> kept = file_.add(origin, io::wall_now(),
                                  state::ZoneTexts{{{std::string(kTransferredText), *text}}});
    if (kept && last) kept = file_.sync();
    if (!kept) {
      spdlog::error("{}: no copy of zone {}", kept.error().message, origin.to_display());
    }
  });
}

void ZoneCopies::flush(const std::vector<dns::StoredName>& configured) {
  const std::lock_guard lock(mutex_);
  if (auto kept = file_.flush(configured); !kept) {
    spdlog::error("{}: a start with a broken zone file would have no copy to serve",
                  kept.error().message);
  }
}

/// The texts are read again, rather than kept in memory until now.
/// @param first the zone's own file
void ZoneCopies::copy(const CopySource& source, Result<files::FileText> first) {
  const zone::ReadFile read = files::reader_beside(source.file, read_);
  state::ZoneTexts texts;
  std::size_t digest = 0;
  for (const std::string& path : source.paths) {
    const bool is_first = texts.parts.empty();
    // NOLINTNEXTLINE(bugprone-use-after-move): it is moved in the first turn alone
    Result<std::string> text = is_first ? text_of(std::move(first)) : read(path);
    if (!text) return;  // it was removed meanwhile: the next load reports it
    mix_text(digest, *text);
    texts.parts.push_back({path == source.file ? std::string() : path, std::move(*text)});
  }
  if (digest != source.digest) return;  // it changed, and no load has checked the new text
  const std::lock_guard lock(mutex_);
  if (auto added = file_.add(source.origin, io::wall_now(), texts); !added) {
    spdlog::error("{}: no copy of zone {}", added.error().message, source.origin.to_display());
  }
}

}  // namespace rollcall::store
