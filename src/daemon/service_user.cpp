#include "daemon/service_user.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rollcall::daemon {

std::optional<ServiceUser> find_user(const std::string& name) {
  const passwd* const entry = ::getpwnam(name.c_str());
  if (entry == nullptr) return std::nullopt;
  return ServiceUser{.name = entry->pw_name, .id = entry->pw_uid, .group = entry->pw_gid};
}

/// The user's id comes last: afterwards no group may be changed.
Result<void> become_user(const ServiceUser& user) {
  if (::initgroups(user.name.c_str(), user.group) != 0 || ::setgid(user.group) != 0 ||
      ::setuid(user.id) != 0) {
    return fail(fmt::format("cannot switch to user {}: {}", user.name, std::strerror(errno)));
  }
  return {};
}

}  // namespace rollcall::daemon
