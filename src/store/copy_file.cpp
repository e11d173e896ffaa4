#include "store/copy_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace rollcall::store {
namespace {

constexpr std::size_t kChunk = 256UL * 1024;        // octets that are searched or copied at once
constexpr std::uint64_t kMaxWaste = 1024UL * 1024;  // octets; or as many as the wanted copies take

const std::string kCopies = "zone_copies";

}  // namespace

Result<void> CopyFile::open() {
  if (file_) return {};
  auto opened = folder_.open_file(kCopies);
  if (!opened) return std::unexpected(opened.error());
  file_ = std::move(*opened);
  scan();
  return {};
}

/// Reads only the heads. After damage it continues with the next head.
void CopyFile::scan() {
  places_.clear();
  end_ = 0;
  for (std::uint64_t at = 0;;) {
    auto place = read_head(at);
    if (place) {
      at = end_ = place->end();
      places_[place->head.origin.lowered().to_text()] = std::move(*place);
      continue;
    }
    const std::uint64_t next = next_head(at + 1);
    if (next == 0) return;
    at = next;
  }
}

/// @return where the next head may be (its checksum decides); 0: nowhere
std::uint64_t CopyFile::next_head(std::uint64_t from) const {
  for (std::uint64_t at = from;; at += kChunk) {
    // A magic across the border of two chunks is in the first one.
    const auto chunk = read_octets(at, kChunk + state::kCopyMagic.size() - 1);
    if (!chunk || chunk->empty()) return 0;
    const std::size_t found = chunk->find(state::kCopyMagic);
    if (found != std::string::npos) return at + found;
  }
}

Result<CopyFile::Place> CopyFile::read_head(std::uint64_t at) const {
  const auto octets = read_octets(at, state::kMaxCopyHead);
  if (!octets) return std::unexpected(octets.error());
  const std::size_t end = octets->find('\n');
  if (end == std::string::npos) return fail("not a header");
  auto head = state::parse_copy_head(std::string_view(*octets).substr(0, end));
  if (!head) return std::unexpected(head.error());
  struct stat status{};
  if (::fstat(file_.get(), &status) != 0) return folder_.failed("look at", kCopies);
  Place place{.head = std::move(*head), .begin = at, .body = at + end + 1};
  const auto room = static_cast<std::uint64_t>(status.st_size) - place.body;
  if (place.head.octets > room) return fail("it is cut off");
  return place;
}

/// Fewer at the end of the file.
Result<std::string> CopyFile::read_octets(std::uint64_t at, std::size_t count) const {
  std::string text(count, '\0');
  std::size_t used = 0;
  while (used < count) {
    const ssize_t got =
        ::pread(file_.get(), text.data() + used, count - used, static_cast<off_t>(at + used));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return folder_.failed("read", kCopies);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  text.resize(used);
  return text;
}

Result<ZoneCopy> CopyFile::read(const dns::Name& origin) {
  if (auto opened = open(); !opened) return std::unexpected(opened.error());
  const std::string name = origin.lowered().to_text();
  const auto found = places_.find(name);
  if (found == places_.end()) return fail("there is no copy of it");
  const Place& place = found->second;
  const auto body = read_octets(place.body, place.head.octets);
  if (!body) return std::unexpected(body.error());
  auto texts = state::parse_copy_body(*body, place.head.parts);
  if (!texts || state::copy_digest(name, *body) != place.head.digest) {
    return fail("its copy is damaged");
  }
  return ZoneCopy{place.head.saved, std::move(*texts)};
}

Result<void> CopyFile::add(const dns::Name& origin, WallTime now, const state::ZoneTexts& texts) {
  if (auto opened = open(); !opened) return opened;
  const std::string name = origin.lowered().to_text();
  const std::string body = state::format_copy_body(texts);
  Place place{.head = {.origin = origin,
                       .saved = now,
                       .parts = texts.parts.size(),
                       .octets = body.size(),
                       .digest = state::copy_digest(name, body)},
              .begin = end_};
  const auto before = places_.find(name);
  if (before != places_.end() && before->second.head.digest == place.head.digest) return {};
  const std::string head = state::format_copy_head(place.head);
  place.body = place.begin + head.size();
  if (auto written = append(head + body); !written) return written;
  end_ = place.end();
  places_[name] = std::move(place);
  return {};
}

/// Writes after the last whole copy, over a torn one.
Result<void> CopyFile::append(std::string_view text) {
  if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0)
    return folder_.failed("cut", kCopies);
  if (::lseek(file_.get(), static_cast<off_t>(end_), SEEK_SET) < 0)
    return folder_.failed("write", kCopies);
  unflushed_ = true;
  auto written = folder_.write(file_, text, kCopies);
  // The disk is full: gives back what was written.
  if (!written && ::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) return written;
  return written;
}

Result<void> CopyFile::flush(const std::vector<dns::Name>& wanted) {
  if (!file_) return {};
  std::set<std::string> names;
  for (const dns::Name& origin : wanted) names.insert(origin.lowered().to_text());
  const std::size_t dropped =
      std::erase_if(places_, [&](const auto& place) { return !names.contains(place.first); });
  std::uint64_t used = 0;
  for (const auto& [name, place] : places_) used += place.end() - place.begin;
  const bool wasteful = end_ - used > std::max(kMaxWaste, used);
  if (dropped > 0 || wasteful) return rewrite();
  if (std::exchange(unflushed_, false) && ::fdatasync(file_.get()) != 0) {
    return folder_.failed("flush", kCopies);
  }
  return {};
}

/// Writes the wanted copies to a new file.
Result<void> CopyFile::rewrite() {
  auto fresh = folder_.begin_anew(kCopies);
  if (!fresh) return std::unexpected(fresh.error());
  std::map<std::string, Place> places;
  std::uint64_t end = 0;
  Result<void> written;
  for (const auto& [name, place] : places_) {
    if (written = copy_to(*fresh, place); !written) break;
    Place moved = place;
    moved.begin = end;
    moved.body = end + (place.body - place.begin);
    end = moved.end();
    places.emplace(name, std::move(moved));
  }
  if (written) written = folder_.finish_anew(kCopies, *fresh);
  if (!written) {
    folder_.drop_anew(kCopies);
    return written;
  }
  file_ = std::move(*fresh);
  places_ = std::move(places);
  end_ = end;
  unflushed_ = false;
  return {};
}

Result<void> CopyFile::copy_to(const io::Descriptor& fresh, const Place& place) const {
  for (std::uint64_t at = place.begin; at < place.end(); at += kChunk) {
    const auto octets = read_octets(at, std::min<std::uint64_t>(kChunk, place.end() - at));
    if (!octets) return std::unexpected(octets.error());
    if (auto written = folder_.write(fresh, *octets, kCopies + ".new"); !written) return written;
  }
  return {};
}

}  // namespace rollcall::store
