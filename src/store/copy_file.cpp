#include "store/copy_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_set>

#include "io/file_writer.hpp"

namespace rollcall::store {
namespace {

constexpr std::size_t kChunk = 256UL * 1024;  // octets that are looked through or copied at once
constexpr std::uint64_t kMaxWaste = 1024UL * 1024;  // octets; and at most as much as is wanted

std::unexpected<Error> failed(std::string_view what, const std::string& path) {
  return fail(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

}  // namespace

Result<void> CopyFile::open() {
  if (file_) return {};
  file_ = io::Descriptor(::open(
      path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file_) return failed("open", path_);
  struct stat status{};
  if (::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    file_ = {};
    return fail(fmt::format("{} is not a regular file", path_));
  }
  scan();
  return {};
}

/// Only the heads are read. Behind damage it goes on with the next head.
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

/// @return where the next one may be, its checksum decides; 0: nowhere
std::uint64_t CopyFile::next_head(std::uint64_t from) const {
  for (std::uint64_t at = from;; at += kChunk) {
    // What lies across the border of two chunks is in the first one.
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
  if (::fstat(file_.get(), &status) != 0) return failed("look at", path_);
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
    if (got < 0) return failed("read", path_);
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

/// Behind the last whole copy; what stood there was torn.
Result<void> CopyFile::append(std::string_view text) {
  if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) return failed("cut", path_);
  if (::lseek(file_.get(), static_cast<off_t>(end_), SEEK_SET) < 0) return failed("write", path_);
  unflushed_ = true;
  auto written = io::write_all(file_.get(), text, path_);
  // The disk is full: what others need is given back.
  if (!written && ::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) return written;
  return written;
}

Result<void> CopyFile::flush(const std::vector<dns::StoredName>& wanted) {
  if (!file_) return {};
  const std::unordered_set<dns::StoredName, dns::NameHash, std::equal_to<>> names(wanted.begin(),
                                                                                  wanted.end());
  const std::size_t dropped =
      std::erase_if(places_, [&](const auto& place) { return !names.contains(place.first); });
  std::uint64_t used = 0;
  for (const auto& [name, place] : places_) used += place.end - place.begin;
  const bool wasteful = end_ - used > std::max(kMaxWaste, used);
  if (dropped > 0 || wasteful) return rewrite();
  if (std::exchange(unflushed_, false) && ::fdatasync(file_.get()) != 0) {
    return failed("flush", path_);
  }
  return {};
}

/// The copies that are wanted, in a new file.
Result<void> CopyFile::rewrite() {
  const std::string fresh = path_ + ".new";
  if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return failed("remove", fresh);
  io::Descriptor file(
      ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return failed("make", fresh);
  std::map<dns::StoredName, Place, dns::CanonicalLess> places;
  std::uint64_t end = 0;
  for (const auto& [name, place] : places_) {
    Place moved = place;
    moved.begin = end;
    moved.body = end + (place.body - place.begin);
    moved.end = end + (place.end - place.begin);
    for (std::uint64_t at = place.begin; at < place.end; at += kChunk) {
      const auto octets = read_octets(at, std::min<std::uint64_t>(kChunk, place.end - at));
      if (!octets) return std::unexpected(octets.error());
      if (auto written = io::write_all(file.get(), *octets, fresh); !written) return written;
    }
    end = moved.end;
    places.emplace(name, moved);
  }
  if (::fdatasync(file.get()) != 0) return failed("flush", fresh);
  if (::rename(fresh.c_str(), path_.c_str()) != 0) return failed("replace", path_);
  file_ = std::move(file);
  places_ = std::move(places);
  end_ = end;
  unflushed_ = false;
  return {};
}

}  // namespace rollcall::store
