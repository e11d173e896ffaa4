#include "app/ctl_zone.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "api/views.hpp"
#include "files/file_reader.hpp"
#include "io/descriptor.hpp"

namespace rollcall::app {
namespace {

std::unexpected<Error> cannot_write(const std::string& path) {
  return fail(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

/// Beside the file, then in its place.
Result<void> replace_file(const std::string& path, std::string_view text) {
  struct stat before{};
  if (::stat(path.c_str(), &before) != 0) return cannot_write(path);
  const std::string fresh = path + ".rollcall-new";
  const io::Descriptor file(::open(
      fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return cannot_write(fresh);
  const auto give_up = [&] {
    const auto why = cannot_write(path);
    ::unlink(fresh.c_str());
    return why;
  };
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return give_up();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  const bool other_owner = before.st_uid != ::geteuid() || before.st_gid != ::getegid();
  if (other_owner && ::fchown(file.get(), before.st_uid, before.st_gid) != 0) return give_up();
  if (::fchmod(file.get(), before.st_mode & 07777) != 0 || ::fsync(file.get()) != 0 ||
      ::rename(fresh.c_str(), path.c_str()) != 0) {
    return give_up();
  }
  return {};
}

}  // namespace

Result<std::string> write_zone_file(std::string_view reply) {
  const auto zone = api::read_zone_text(reply);
  if (!zone) return std::unexpected(zone.error());
  std::error_code failed;  // of a link, the file that it leads to
  std::string path = std::filesystem::canonical(zone->file, failed).string();
  if (failed) return fail(fmt::format("cannot write {}: {}", zone->file, failed.message()));
  const auto now = files::read_directly()(path, {});
  if (!now) return std::unexpected(now.error());
  if (api::crc_of(now->text) != zone->before) {
    return fail(path + " has changed meanwhile: nothing was written; try again");
  }
  if (auto replaced = replace_file(path, zone->text); !replaced) {
    return std::unexpected(replaced.error());
  }
  return path;
}

}  // namespace rollcall::app
