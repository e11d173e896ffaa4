#include "server/copy_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <set>

#include "core/number.hpp"
#include "server/file_writer.hpp"

namespace rollcall::server {
namespace {

constexpr std::string_view kMagic = "rollcall-copy ";
constexpr std::size_t kMaxHead = 1500;  // octets; an origin of 255 octets is 1,020 as text
constexpr std::size_t kMaxParts = 1000;
constexpr std::int64_t kLatestTime = 9'000'000'000'000;  // ms, the year 2255
constexpr std::size_t kChunk = 256UL * 1024;  // octets that are looked through or copied at once
constexpr std::uint64_t kMaxWaste = 1024UL * 1024;  // octets; and at most as much as is wanted

std::unexpected<Error> failed(std::string_view what, const std::string& path) {
  return fail(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

std::string digest_of(std::string_view origin, std::string_view body) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::array<unsigned char, 32> octets{};
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  for (const std::string_view text : {origin, std::string_view("\n"), body}) {
    EVP_DigestUpdate(context.get(), text.data(), text.size());
  }
  EVP_DigestFinal_ex(context.get(), octets.data(), nullptr);
  std::string digest;
  for (const unsigned char octet : octets) digest += fmt::format("{:02x}", octet);
  return digest;
}

/// Takes a word, and the blank behind it, from the front of `line`.
std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

/// Of a head: a damaged one would lead astray.
std::string check_of(std::string_view head) {
  return digest_of(head, {}).substr(0, 16);
}

std::string body_of(const ZoneTexts& texts) {
  std::string body;
  for (const ZoneTexts::Part& part : texts.parts) {
    body += fmt::format("{} {}\n", part.path.size(), part.text.size());
    body += part.path;
    body += part.text;
  }
  return body;
}

/// @return nothing where the body is none of body_of()
std::optional<ZoneTexts> parse_body(std::string_view body, std::size_t parts) {
  ZoneTexts texts;
  while (texts.parts.size() < parts) {
    std::string_view line = body.substr(0, body.find('\n'));
    if (line.size() == body.size()) return std::nullopt;
    body.remove_prefix(line.size() + 1);
    const auto path = parse_number<std::size_t>(take_word(line));
    const auto text = parse_number<std::size_t>(line);
    if (!path || !text || *path > body.size() || *text > body.size() - *path) return std::nullopt;
    texts.parts.push_back(
        {std::string(body.substr(0, *path)), std::string(body.substr(*path, *text))});
    body.remove_prefix(*path + *text);
  }
  if (!body.empty()) return std::nullopt;
  return texts;
}

}  // namespace

Result<void> CopyFile::open() {
  if (file_) return {};
  file_ = Descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                            S_IRUSR | S_IWUSR));
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
    dns::Name origin;
    auto place = read_head(at, origin);
    if (place) {
      at = end_ = place->end();
      places_[origin.lowered().to_text()] = std::move(*place);
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
    const auto chunk = read_octets(at, kChunk + kMagic.size() - 1);
    if (!chunk || chunk->empty()) return 0;
    const std::size_t found = chunk->find(kMagic);
    if (found != std::string::npos) return at + found;
  }
}

Result<CopyFile::Place> CopyFile::read_head(std::uint64_t at, dns::Name& origin) const {
  const auto octets = read_octets(at, kMaxHead);
  if (!octets) return std::unexpected(octets.error());
  std::string_view line(*octets);
  line = line.substr(0, line.find('\n'));
  if (line.size() == octets->size() || !line.starts_with(kMagic)) return fail("not a header");
  Place place{.begin = at, .body = at + line.size() + 1, .digest = {}};
  const std::size_t last = line.rfind(' ');
  if (line.substr(last + 1) != check_of(line.substr(0, last))) return fail("its head is damaged");
  line = line.substr(0, last);
  line.remove_prefix(kMagic.size());
  const auto name = dns::Name::parse(take_word(line));
  const auto saved = parse_number<std::int64_t>(take_word(line));
  const auto parts = parse_number<std::size_t>(take_word(line));
  const auto size = parse_number<std::uint64_t>(take_word(line));
  struct stat status{};
  if (::fstat(file_.get(), &status) != 0) return failed("look at", path_);
  const auto room = static_cast<std::uint64_t>(status.st_size) - place.body;
  if (!name || !saved || *saved < 0 || *saved > kLatestTime || !parts || *parts > kMaxParts ||
      !size || *size > room) {
    return fail("it is cut off");
  }
  origin = *name;
  place.saved = WallTime(std::chrono::milliseconds(*saved));
  place.parts = *parts;
  place.octets = *size;
  place.digest = line;
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
    if (got < 0) return failed("read", path_);
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
  const auto body = read_octets(place.body, place.octets);
  if (!body) return std::unexpected(body.error());
  auto texts = parse_body(*body, place.parts);
  if (!texts || digest_of(name, *body) != place.digest) return fail("its copy is damaged");
  return ZoneCopy{place.saved, std::move(*texts)};
}

Result<void> CopyFile::add(const dns::Name& origin, WallTime now, const ZoneTexts& texts) {
  if (auto opened = open(); !opened) return opened;
  const std::string name = origin.lowered().to_text();
  const std::string body = body_of(texts);
  Place place{.saved = now,
              .parts = texts.parts.size(),
              .begin = end_,
              .octets = body.size(),
              .digest = digest_of(name, body)};
  const auto before = places_.find(name);
  if (before != places_.end() && before->second.digest == place.digest) return {};
  std::string head = fmt::format("{}{} {} {} {} {}", kMagic, name, now.time_since_epoch().count(),
                                 place.parts, place.octets, place.digest);
  head += " " + check_of(head) + "\n";
  place.body = place.begin + head.size();
  if (auto written = append(head + body); !written) return written;
  end_ = place.end();
  places_[name] = std::move(place);
  return {};
}

/// Behind the last whole copy; what stood there was torn.
Result<void> CopyFile::append(std::string_view text) {
  if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) return failed("cut", path_);
  if (::lseek(file_.get(), static_cast<off_t>(end_), SEEK_SET) < 0) return failed("write", path_);
  unflushed_ = true;
  auto written = write_all(file_.get(), text, path_);
  // The disk is full: what others need is given back.
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
    return failed("flush", path_);
  }
  return {};
}

/// The copies that are wanted, in a new file.
Result<void> CopyFile::rewrite() {
  const std::string fresh = path_ + ".new";
  if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return failed("remove", fresh);
  Descriptor file(
      ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return failed("make", fresh);
  std::map<std::string, Place> places;
  std::uint64_t end = 0;
  for (const auto& [name, place] : places_) {
    Place moved = place;
    moved.begin = end;
    moved.body = end + (place.body - place.begin);
    for (std::uint64_t at = place.begin; at < place.end(); at += kChunk) {
      const auto octets = read_octets(at, std::min<std::uint64_t>(kChunk, place.end() - at));
      if (!octets) return std::unexpected(octets.error());
      if (auto written = write_all(file.get(), *octets, fresh); !written) return written;
    }
    end = moved.end();
    places.emplace(name, std::move(moved));
  }
  if (::fdatasync(file.get()) != 0) return failed("flush", fresh);
  if (::rename(fresh.c_str(), path_.c_str()) != 0) return failed("replace", path_);
  file_ = std::move(file);
  places_ = std::move(places);
  end_ = end;
  unflushed_ = false;
  return {};
}

}  // namespace rollcall::server
