/// What another user of this machine may do.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rollcall::app {

/// Runs `look` as `user`, in a process of its own, where this one is root's and can become that
/// user; else in this one, whose user rollcalld then most likely is, too.
/// @param user empty: this one
/// @return what `look` has found: errnos, as many each time that it is called
std::vector<int> as_user(const std::string& user, const std::function<std::vector<int>()>& look);

}  // namespace rollcall::app
