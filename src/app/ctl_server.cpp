#include "app/ctl_server.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "api/request.hpp"
#include "config/control_path.hpp"
#include "config/options.hpp"
#include "files/file_reader.hpp"

namespace rollcall::app {

Result<std::string> find_socket(const std::optional<std::string>& socket,
                                const std::optional<std::string>& config) {
  if (socket) return *socket;
  if (!config && ::access(kConfigFile, R_OK) != 0) return config::ControlOptions{}.socket;
  const std::string file = config.value_or(kConfigFile);
  const auto read = files::read_directly()(file, {});
  if (!read) return std::unexpected(read.error());
  return config::control_socket_of(read->text, file);
}

std::string operator_name() {
  const char* sudo = ::getuid() == 0 ? std::getenv("SUDO_USER") : nullptr;
  const passwd* user = sudo == nullptr ? ::getpwuid(::getuid()) : nullptr;
  const std::string name = sudo != nullptr ? sudo : user != nullptr ? user->pw_name : "";
  return api::is_user_name(name) ? name : std::string();
}

}  // namespace rollcall::app
