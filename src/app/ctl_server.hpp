/// Which server rollcallctl talks to, and in whose name.
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"

namespace rollcall::app {

inline constexpr const char* kConfigFile = "/etc/rollcall/rollcall.yaml";

/// The control socket: `socket` where it is given, else the configuration's. Without `config`, the
/// configuration is kConfigFile; where that file does not exist or this user cannot read it, the
/// socket has the default path.
Result<std::string> find_socket(const std::optional<std::string>& socket,
                                const std::optional<std::string>& config);

/// The user that runs the program; under sudo the user that called sudo. Empty where it has no name
/// that a request may contain. The server logs it beside the uid that the kernel reports.
std::string operator_name();

}  // namespace rollcall::app
