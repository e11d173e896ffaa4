#include "server/secret_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace rollcall::server {

std::string warn_of_mode(const std::string& path, mode_t mode) {
  if ((mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  return fmt::format("{}: others than its owner may use this secret (mode {:04o}): chmod 600 it",
                     path, mode & 07777U);
}

}  // namespace rollcall::server
