/// Users of this system, as getpwnam(3) knows them, and becoming one of them.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "core/result.hpp"

namespace rollcall::daemon {

struct ServiceUser {
  std::string name;
  uid_t id = 0;
  gid_t group = 0;  // the primary one
};

/// @return nothing where the system has no user of that name. Waits for what nsswitch.conf(5) names
std::optional<ServiceUser> find_user(const std::string& name);

/// Gives this process the user's id and groups, for good. Only root can.
/// @return "cannot switch to user NAME: REASON"; some of the groups may be taken by then, so that
///         the process must end
Result<void> become_user(const ServiceUser& user);

}  // namespace rollcall::daemon
