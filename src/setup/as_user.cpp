#include "setup/as_user.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "daemon/service_user.hpp"
#include "io/descriptor.hpp"

namespace rollcall::setup {
namespace {

using io::Descriptor;

/// Runs in the child.
[[noreturn]] void look_as(const daemon::ServiceUser& user,
                          const std::function<std::vector<int>()>& look, int to) {
  if (!daemon::become_user(user)) ::_exit(1);
  const std::vector<int> found = look();
  const std::size_t size = found.size() * sizeof(int);
  ::_exit(::write(to, found.data(), size) == static_cast<ssize_t>(size) ? 0 : 1);
}

}  // namespace

std::vector<int> as_user(const std::string& user, const std::function<std::vector<int>()>& look) {
  const auto other = user.empty() ? std::nullopt : daemon::find_user(user);
  std::array<int, 2> pipe{};
  if (!other || other->id == ::geteuid() || ::geteuid() != 0 ||
      ::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return look();
  }
  const Descriptor from(pipe[0]);
  Descriptor to(pipe[1]);
  const pid_t child = ::fork();
  if (child < 0) return look();
  if (child == 0) look_as(*other, look, to.get());
  to = {};
  std::vector<int> found;
  for (int value = 0; ::read(from.get(), &value, sizeof value) == sizeof value;) {
    found.push_back(value);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? found : look();
}

}  // namespace rollcall::setup
