/// rollcallctl's side of the control socket.
#pragma once

#include <string>

#include "core/result.hpp"

namespace rollcall::app {

inline constexpr int kReplyTimeout_s = 120;  // a restart may take its agent 60 s, and then a probe
inline constexpr std::size_t kMaxReplySize = 256U << 20;  // octets; ten thousand pools are 20 MiB

/// Sends a line to the server and waits for the line of its reply.
/// @param socket the path of the server's Unix socket
/// @return the reply without its line end
Result<std::string> ask(const std::string& socket, const std::string& line);

}  // namespace rollcall::app
