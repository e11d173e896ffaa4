#include "server/file_reader.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "server/descriptor.hpp"

namespace rollcall::server {
namespace {

std::unexpected<Error> errno_failure(const std::string& path) {
  return fail(fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t limit) {
  constexpr std::size_t kChunk = 256UL * 1024;  // octets; few calls, little memory for small files
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return errno_failure(path);
  // Read, not mapped: a file that is cut short under a mapping kills who reads it. What its size
  // says now is where the buffer starts: one that doubles holds a large zone's text twice.
  struct stat status{};
  const bool sized = fstat(file.get(), &status) == 0 && status.st_size > 0;
  const std::size_t expected = sized ? std::min<std::size_t>(status.st_size, limit) + 1 : kChunk;
  std::string text;
  std::size_t used = 0;
  for (;;) {
    if (used == text.capacity()) text.reserve(std::max(expected, used * 2));
    ssize_t count = 0;
    text.resize_and_overwrite(text.capacity(), [&](char* at, std::size_t size) {
      count = read(file.get(), at + used, size - used);
      return used + static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    });
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_failure(path);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used > limit) return fail(fmt::format("{}: larger than {} octets", path, limit));
  }
  return text;
}

zone::ReadFile reader_beside(const std::string& zone_file) {
  return [zone_file](const std::string& path) {
    if (path == zone_file) return read_text_file(path);
    return read_text_file((std::filesystem::path(zone_file).parent_path() / path).string());
  };
}

std::optional<std::uint16_t> find_service_port(const std::string& name) {
  servent entry{};
  servent* found = nullptr;
  std::array<char, 4096> space{};  // the entry's names
  if (getservbyname_r(name.c_str(), "tcp", &entry, space.data(), space.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return ntohs(static_cast<std::uint16_t>(found->s_port));
}

}  // namespace rollcall::server
