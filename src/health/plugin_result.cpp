#include "health/plugin_result.hpp"

#include <fmt/format.h>

#include "health/reply.hpp"

namespace rollcall::health {

Outcome plugin_outcome(int status, std::string_view output) {
  constexpr int kGood = 0, kWarning = 1;
  if (status == kGood) return {.good = true, .reason = {}};
  std::string_view line = output.substr(0, output.find_first_of("\r\n"));
  line = line.substr(0, line.find('|'));  // after it come figures for other programs
  const std::size_t last = line.find_last_not_of(' ');
  line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
  std::string reason = fmt::format("exit status {}", status);
  if (!line.empty()) reason += ": " + reply_excerpt(line);
  return {.good = status == kWarning, .reason = std::move(reason), .degraded = status == kWarning};
}

}  // namespace rollcall::health
