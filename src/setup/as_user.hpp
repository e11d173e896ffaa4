/// Finds out what another user of this machine may do.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rollcall::setup {

/// Runs `look` as `user` in a child process if this process runs as root; otherwise in this
/// process, whose user is then probably rollcalld's, too.
/// @param user empty: the current one
/// @return the result of `look`: errnos, always the same number of them
std::vector<int> as_user(const std::string& user, const std::function<std::vector<int>()>& look);

}  // namespace rollcall::setup
