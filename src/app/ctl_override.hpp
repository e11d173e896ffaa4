/// rollcallctl status, drain, up, down, auto and normal: turns the command line into requests.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rollcall::app {

/// The arguments of the command.
struct OverrideArguments {
  std::vector<std::string> members;  // none: all of `pool`
  std::optional<std::string> pool;
  std::optional<std::string> lasts;
  std::optional<std::string> reason;
  bool force = false;
};

/// The options that select a part of the status.
struct StatusArguments {
  std::optional<std::string> zone, pool, state;
};

// Lines for api::parse_request, which reports wrong words.

/// @param command "drain", "up", "down" or "auto"
std::string override_line(const char* command, const OverrideArguments& arguments);
std::string status_line(const StatusArguments& arguments);
/// @param state "on" or "off"
std::string normal_line(const std::string& state, const OverrideArguments& arguments);

}  // namespace rollcall::app
