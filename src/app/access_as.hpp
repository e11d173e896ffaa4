/// Whether the user that the server becomes may read what it reads again: what root reads at the
/// start must be there for a reload, too.
#pragma once

#include <string>

#include "config/options.hpp"
#include "core/diagnostic.hpp"

namespace rollcall::app {

/// The configuration and the keys (errors) and the zone files (warnings: the server does without a
/// zone) that `server.user` may not read, with the commands that mend it. Nothing where no user is
/// configured, and where we cannot become it: what we may not ourselves is found by trying. A file
/// that is not there is not spoken of.
Diagnostics check_access(const config::Options& options);

/// What lets `user` read the file, or run it: "chgrp GROUP PATH && chmod 640 PATH", where PATH is
/// the file or the first folder on the way to it that stops that user.
std::string mending_command(const std::string& user, const std::string& file, bool program);

}  // namespace rollcall::app
