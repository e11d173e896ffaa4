/// Where alerts go: the configuration's channels with the secrets and texts of their files.
#pragma once

#include "channel/alert_targets.hpp"
#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "files/file_reader.hpp"

namespace rollcall::setup {

struct ReadTargets {
  channel::AlertTargets targets;
  Diagnostics diagnostics;
};

/// Reads the files, and checks the texts and the program. The nameserver's name is not set.
ReadTargets read_alert_targets(const config::Options& options, const files::ReadText& read);

}  // namespace rollcall::setup
