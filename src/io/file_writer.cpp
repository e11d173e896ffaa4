#include "io/file_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "io/descriptor.hpp"

namespace rollcall::io {
namespace {

std::unexpected<Error> failed(std::string_view what, const std::string& path) {
  return fail(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

}  // namespace

Result<void> write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return failed("remove", fresh);
  const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                               S_IRUSR | S_IWUSR));
  if (!file) return failed("make", fresh);
  if (auto written = write_all(file.get(), text, fresh); !written) return written;
  if (::fdatasync(file.get()) != 0) return failed("flush", fresh);
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failed("replace", path);
  return {};
}

}  // namespace rollcall::io
