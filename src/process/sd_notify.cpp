#include "process/sd_notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace rollcall::process {

bool sd_notify(std::string_view state) {
  const char* name = std::getenv("NOTIFY_SOCKET");
  if (name == nullptr || (name[0] != '/' && name[0] != '@')) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t size = std::strlen(name);
  if (size < 2 || size >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, name, size);
  if (name[0] == '@') address.sun_path[0] = '\0';

  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return false;
  const ssize_t sent = sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address),
                              static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size));
  close(socket);
  return sent == static_cast<ssize_t>(state.size());
}

bool is_started_by_systemd() {
  const char* const process = std::getenv("SYSTEMD_EXEC_PID");
  return process != nullptr && std::to_string(::getpid()) == process &&
         ::access("/run/systemd/system", F_OK) == 0;  // as sd_booted(3) looks
}

}  // namespace rollcall::process
