#include "store/copy_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <unordered_set>

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
    const auto found = read_head(at);
    if (found) {
      at = end_ = found->place.end;
      places_[found->head.origin] = found->place;
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

CopyFile::Place CopyFile::place_of(const state::CopyHead& head, std::uint64_t begin,
                                   std::size_t head_size) {
  const std::uint64_t body = begin + head_size;
  return {begin, body, body + head.octets, std::hash<std::string>{}(head.digest)};
}

Result<CopyFile::Found> CopyFile::read_head(std::uint64_t at) const {
  const auto octets = read_octets(at, state::kMaxCopyHead);
  if (!octets) return std::unexpected(octets.error());
  const std::size_t end = octets->find('\n');
  if (end == std::string::npos) return fail("not a header");
  auto head = state::parse_copy_head(std::string_view(*octets).substr(0, end));
  if (!head) return std::unexpected(head.error());
  struct stat status{};
  if (::fstat(file_.get(), &status) != 0) return folder_.failed("look at", kCopies);
  const Place place = place_of(*head, at, end + 1);
  const auto room = static_cast<std::uint64_t>(status.st_size) - place.body;
  if (head->octets > room) return fail("it is cut off");
  return Found{std::move(*head), place};
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
  const auto known = places_.find(origin);
  if (known == places_.end()) return fail("there is no copy of it");
  const auto found = read_head(known->second.begin);
  if (!found || found->head.origin != origin) return fail("its copy is damaged");
  const auto body = read_octets(found->place.body, found->head.octets);
  if (!body) return std::unexpected(body.error());
  auto texts = state::parse_copy_body(*body, found->head.parts);
  if (!texts || state::copy_digest(origin.lowered().to_text(), *body) != found->head.digest) {
    return fail("its copy is damaged");
  }
  return ZoneCopy{found->head.saved, std::move(*texts)};
}

Result<void> CopyFile::add(const dns::Name& origin, WallTime now, const state::ZoneTexts& texts) {
  if (auto opened = open(); !opened) return opened;
  const std::string name = origin.lowered().to_text();
  const std::string body = state::format_copy_body(texts);
  const state::CopyHead head{.origin = origin,
                             .saved = now,
                             .parts = texts.parts.size(),
                             .octets = body.size(),
                             .digest = state::copy_digest(name, body)};
  const std::string line = state::format_copy_head(head);
  const Place place = place_of(head, end_, line.size());
  const auto before = places_.find(origin);
  if (before != places_.end() && before->second.digest == place.digest) return {};
  if (auto written = append(line + body); !written) return written;
  end_ = place.end;
  places_[origin] = place;
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

Result<void> CopyFile::flush(const std::vector<dns::StoredName>& wanted) {
  if (!file_) return {};
  const std::unordered_set<dns::StoredName, dns::NameHash, std::equal_to<>> names(wanted.begin(),
                                                                                  wanted.end());
  const std::size_t dropped =
      std::erase_if(places_, [&](const auto& place) { return !names.contains(place.first); });
  return sync(dropped > 0);
}

Result<void> CopyFile::sync() {
  return file_ ? sync(false) : Result<void>();
}

/// @param anew write the file anew, however little room it wastes
Result<void> CopyFile::sync(bool anew) {
  std::uint64_t used = 0;
  for (const auto& [name, place] : places_) used += place.end - place.begin;
  const bool wasteful = end_ - used > std::max(kMaxWaste, used);
  if (anew || wasteful) return rewrite();
  if (std::exchange(unflushed_, false) && ::fdatasync(file_.get()) != 0) {
    return folder_.failed("flush", kCopies);
  }
  return {};
}

/// Writes the wanted copies to a new file.
Result<void> CopyFile::rewrite() {
  auto fresh = folder_.begin_anew(kCopies);
  if (!fresh) return std::unexpected(fresh.error());
  std::map<dns::StoredName, Place, dns::CanonicalLess> places;
  std::uint64_t end = 0;
  Result<void> written;
  for (const auto& [name, place] : places_) {
    if (written = copy_to(*fresh, place); !written) break;
    Place moved = place;
    moved.begin = end;
    moved.body = end + (place.body - place.begin);
    moved.end = end + (place.end - place.begin);
    end = moved.end;
    places.emplace(name, moved);
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
  for (std::uint64_t at = place.begin; at < place.end; at += kChunk) {
    const auto octets = read_octets(at, std::min<std::uint64_t>(kChunk, place.end - at));
    if (!octets) return std::unexpected(octets.error());
    if (auto written = folder_.write(fresh, *octets, kCopies + ".new"); !written) return written;
  }
  return {};
}

}  // namespace rollcall::store
