#include "server/file_reader.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace rollcall::server {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  int get() const noexcept { return value_; }

 private:
  int value_;
};

std::unexpected<Error> errno_failure(const std::string& path) {
  return fail(fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t limit) {
  constexpr std::size_t kChunk = 256 * 1024;  // octets; few calls, little memory for small files
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return errno_failure(path);
  std::string text;
  std::size_t used = 0;
  for (;;) {
    if (text.size() - used < kChunk) text.resize(std::max(used + kChunk, used * 2));
    const ssize_t count = read(file.get(), text.data() + used, text.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_failure(path);
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
    if (used > limit) return fail(fmt::format("{}: larger than {} octets", path, limit));
  }
  text.resize(used);
  text.shrink_to_fit();
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
