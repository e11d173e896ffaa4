#include "app/ctl_convert.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/ctl_keygen.hpp"
#include "convert/conversion.hpp"
#include "files/file_reader.hpp"
#include "io/descriptor.hpp"
#include "log/print.hpp"

namespace rollcall::app {
namespace {

constexpr mode_t kSecretMode = S_IRUSR | S_IWUSR;
constexpr mode_t kOpenMode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
constexpr mode_t kFolderMode = S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH;

std::unexpected<Error> failed_at(std::string_view what, const std::string& path) {
  return fail(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

Result<std::string> read_source(const std::string& path) {
  auto file = files::read_directly()(path, {});
  if (!file) return std::unexpected(file.error());
  return std::move(file->text);
}

/// Makes `folder` and those above it, as far as they are missing.
Result<void> make_folder(const std::filesystem::path& folder) {
  if (folder.empty()) return {};
  std::filesystem::path path;
  for (const std::filesystem::path& part : folder) {
    path /= part;
    if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST && errno != EISDIR) {
      return failed_at("make", path);
    }
  }
  return {};
}

Result<void> write_new(const std::string& path, const convert::OutputFile& file) {
  const io::Descriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                  file.secret ? kSecretMode : kOpenMode));
  if (!out) return failed_at("make", path);
  for (std::string_view left = file.text; !left.empty();) {
    const ssize_t written = ::write(out.get(), left.data(), left.size());
    if (written < 0 && errno != EINTR) return failed_at("write", path);
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> write_files(const std::map<std::string, convert::OutputFile>& files,
                         const std::filesystem::path& folder) {
  for (const auto& [name, file] : files) {
    const std::string path = folder / name;
    struct stat there{};
    if (::lstat(path.c_str(), &there) == 0) {
      return fail(fmt::format("{} exists; nothing was written", path));
    }
  }
  for (const auto& [name, file] : files) {
    const std::filesystem::path path = folder / name;
    if (auto made = make_folder(path.parent_path()); !made) return made;
    if (auto written = write_new(path, file); !written) return written;
  }
  return {};
}

/// A new key for each agent, in its own file and in that of the nameserver.
Result<void> draw_keys(convert::Conversion& conversion) {
  for (const std::vector<std::string>& files : conversion.agent_keys) {
    const Result<std::string> key = new_secret(KeyKind::agent);
    if (!key) return std::unexpected(key.error());
    for (const std::string& path : files) conversion.files[path] = {"ns1 " + *key + "\n", true};
  }
  return {};
}

int refuse(const std::string& message) {
  log::print_error("rollcallctl: " + message);
  return 1;
}

}  // namespace

int run_convert(const ConvertArguments& arguments) {
  const auto format = convert::parse_format(arguments.format);
  std::vector<convert::SourceFile> sources;
  for (const std::string& path : arguments.files) {
    auto text = read_source(path);
    if (!text) return refuse(text.error().message);
    sources.push_back({path, std::move(*text)});
  }
  auto conversion = convert::convert(
      *format, sources, {.read_file = read_source, .service_port = files::find_service_port});
  if (!conversion) {
    log::print_error(conversion.error());
    return refuse("nothing was written");
  }
  const std::string report = convert::report_text(*conversion);
  conversion->files["conversion.txt"] = {report};
  if (auto drawn = draw_keys(*conversion); !drawn) return refuse(drawn.error().message);
  if (auto written = write_files(conversion->files, arguments.folder); !written) {
    return refuse(written.error().message);
  }
  log::print_out(report);
  for (const auto& [name, file] : conversion->files) {
    log::print_out("wrote " + (std::filesystem::path(arguments.folder) / name).string());
  }
  return 0;
}

}  // namespace rollcall::app
