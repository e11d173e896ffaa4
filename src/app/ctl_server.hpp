/// Which server rollcallctl asks, and for whom.
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"

namespace rollcall::app {

inline constexpr const char* kConfigFile = "/etc/rollcall/rollcall.yaml";

/// The control socket: `socket` where it is given, else what the configuration says. Without
/// `config` that is kConfigFile, or the default path where that file does not exist or may not be
/// read by this user.
Result<std::string> find_socket(const std::optional<std::string>& socket,
                                const std::optional<std::string>& config);

/// The user that runs the program; under sudo the one that called it. Empty: it has no name that
/// may stand in a request. The server writes it beside the uid that the kernel tells it.
std::string operator_name();

}  // namespace rollcall::app
