/// The files and programs that checks name.
#pragma once

#include "config/options.hpp"
#include "core/diagnostic.hpp"

namespace rollcall::app {

/// A warning at the first pool of each check whose file of issuers or states cannot be read, or
/// whose program cannot be run, by this process: rollcalld may be another user, and the file may
/// come.
Diagnostics check_probe_files(const config::Options& options);

}  // namespace rollcall::app
