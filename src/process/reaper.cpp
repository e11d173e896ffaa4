#include "process/reaper.hpp"

#include <unistd.h>

#include <array>
#include <climits>

namespace rollcall::process {
namespace {

std::string find_reaper() {
  std::array<char, PATH_MAX> text{};
  const ssize_t size = ::readlink("/proc/self/exe", text.data(), text.size());
  const std::string self(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::string folder = self.substr(0, self.rfind('/') + 1);
  for (const char* const place : {"rollcall-reaper", "../rollcall-reaper"}) {
    if (std::string path = folder + place; ::access(path.c_str(), X_OK) == 0) return path;
  }
  return folder + "../libexec/rollcall/rollcall-reaper";
}

}  // namespace

/// Looked up once: a program that is replaced while it runs can no longer find its own path.
const std::string& reaper_path() {
  static const std::string path = find_reaper();
  return path;
}

}  // namespace rollcall::process
