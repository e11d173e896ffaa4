/// From the checked configuration to what the server runs by.
#pragma once

#include <string>

#include "core/diagnostic.hpp"
#include "core/result.hpp"
#include "server/settings.hpp"

namespace rollcall::app {

/// Reads the configuration and the key files that it names; zone files are the server's to load.
Result<server::Settings, Diagnostics> read_settings(const std::string& config_file,
                                                    const server::ReadText& read);

}  // namespace rollcall::app
