#include "agent/service_restart.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "process/child_process.hpp"

namespace rollcall::agent {

namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  const auto passed = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(passed).count()) / 1000;
}

}  // namespace

/// Debian 12 has the first; a system without a merged /usr the second.
std::string systemctl() {
  return access("/usr/bin/systemctl", X_OK) == 0 ? "/usr/bin/systemctl" : "/bin/systemctl";
}

std::vector<std::vector<std::string>> restart_commands(const RestartRecipe& recipe) {
  if (!recipe.unit.empty()) return {{systemctl(), "restart", "--", recipe.unit}};
  return {{recipe.script, "stop"}, {recipe.script, "start"}};
}

asio::awaitable<agent_link::RestartReport> run_restart(RestartRecipe recipe, Duration time_limit) {
  const auto begin = std::chrono::steady_clock::now();
  const auto commands = restart_commands(recipe);
  agent_link::RestartReport report;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const bool last = i + 1 == commands.size();
    const Duration left = time_limit - (std::chrono::steady_clock::now() - begin);
    auto result = co_await process::run_child(commands[i], {.time = last ? left : left / 2});
    if (!result) {
      report.error = result.error().message();
      report.exit_status = 127;  // as a shell reports a program that cannot be run
      break;
    }
    process::append_tail(report.output, result->output);
    if (!last) continue;
    report.ok = result->succeeded();
    report.exit_status = result->shell_status();
    report.timed_out = result->timed_out;
  }
  report.seconds = seconds_since(begin);
  co_return report;
}

}  // namespace rollcall::agent
