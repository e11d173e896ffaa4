#include "agent_link/secret_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace rollcall::agent_link {

std::string warn_of_mode(const std::string& path, mode_t mode) {
  if ((mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  return fmt::format(
      "{0}: users other than its owner have access (mode {1:04o}); run: chmod 600 {0}", path,
      mode & 07777U);
}

}  // namespace rollcall::agent_link
