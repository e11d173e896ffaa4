#include "app/as_user.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "io/descriptor.hpp"

namespace rollcall::app {
namespace {

using io::Descriptor;

/// Runs in the child.
[[noreturn]] void look_as(const passwd& user, const std::function<std::vector<int>()>& look,
                          int to) {
  if (::initgroups(user.pw_name, user.pw_gid) != 0 || ::setgid(user.pw_gid) != 0 ||
      ::setuid(user.pw_uid) != 0) {
    ::_exit(1);
  }
  const std::vector<int> found = look();
  const std::size_t size = found.size() * sizeof(int);
  ::_exit(::write(to, found.data(), size) == static_cast<ssize_t>(size) ? 0 : 1);
}

}  // namespace

std::vector<int> as_user(const std::string& user, const std::function<std::vector<int>()>& look) {
  const passwd* const entry = user.empty() ? nullptr : ::getpwnam(user.c_str());
  std::array<int, 2> pipe{};
  if (entry == nullptr || entry->pw_uid == ::geteuid() || ::geteuid() != 0 ||
      ::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return look();
  }
  const Descriptor from(pipe[0]);
  Descriptor to(pipe[1]);
  const pid_t child = ::fork();
  if (child < 0) return look();
  if (child == 0) look_as(*entry, look, to.get());
  to = {};
  std::vector<int> found;
  for (int value = 0; ::read(from.get(), &value, sizeof value) == sizeof value;) {
    found.push_back(value);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? found : look();
}

}  // namespace rollcall::app
