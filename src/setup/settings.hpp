/// Turns the checked configuration into the server's settings.
#pragma once

#include <string>

#include "core/diagnostic.hpp"
#include "core/result.hpp"
#include "daemon/settings.hpp"

namespace rollcall::setup {

/// Reads the configuration and the key files that it names; the server itself loads zone files.
Result<daemon::Settings, Diagnostics> read_settings(const std::string& config_file,
                                                    const files::ReadText& read);

}  // namespace rollcall::setup
