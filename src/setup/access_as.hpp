/// Whether `server.user` can read the files that a reload reads again: root reads them at the
/// start, but that user reads them at a reload.
#pragma once

#include <string>

#include "config/options.hpp"
#include "core/diagnostic.hpp"

namespace rollcall::setup {

/// The configuration and the keys (errors) and the zone files (warnings: the server can run without
/// a zone) that `server.user` cannot read, with the commands that fix it. Nothing if no user is
/// configured or this process cannot switch to that user: then reading the files itself shows which
/// cannot be read. Missing files are not reported.
Diagnostics check_access(const config::Options& options);

/// The command that lets `user` read or run the file: "chgrp GROUP PATH && chmod 640 PATH", where
/// PATH is the file or the first folder on the way to it that the user cannot enter.
std::string mending_command(const std::string& user, const std::string& file, bool program);

}  // namespace rollcall::setup
