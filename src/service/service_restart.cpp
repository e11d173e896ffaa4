#include "service/service_restart.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "process/child_process.hpp"
#include "process/sd_notify.hpp"
#include "service/unit_restart.hpp"

namespace rollcall::service {

namespace {

using std::chrono::steady_clock;

constexpr int kNotRun = 127;  // as a shell reports a program that cannot be run
constexpr Duration kKillCommandLimit = std::chrono::seconds(5);
// By then the agent has killed a script that takes too long. If the agent has gone, systemd does.
constexpr Duration kTransientGrace = std::chrono::seconds(15);

double seconds_since(steady_clock::time_point begin) {
  const auto passed = steady_clock::now() - begin;
  return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(passed).count()) / 1000;
}

std::string file_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

asio::awaitable<void> kill_unit(std::string unit, const char* signal) {
  std::vector<std::string> argv{systemctl(), "kill", std::string("--signal=") + signal, "--",
                                std::move(unit)};
  co_await process::run_child(std::move(argv), {.time = kKillCommandLimit});
}

/// Ends a script that has run out of time, and all that it has started.
asio::awaitable<void> end_unit(std::string unit) {
  co_await kill_unit(unit, "TERM");
  asio::steady_timer grace(co_await asio::this_coro::executor, process::kKillGrace);
  co_await grace.async_wait(as_value);
  co_await kill_unit(std::move(unit), "KILL");
}

asio::awaitable<process::ChildRun> run_script(std::string script, const char* verb, Duration limit,
                                              bool transient) {
  if (!transient) {
    std::vector<std::string> argv{std::move(script), verb};
    co_return co_await process::run_child(std::move(argv), {.time = limit});
  }
  static std::uint64_t last_number = 0;  // of this process: everything runs on one thread
  const std::string unit =
      transient_unit(script, verb, fmt::format("{}-{}", ::getpid(), ++last_number));
  process::ChildRun result =
      co_await process::run_child(transient_command(unit, script, verb, limit), {.time = limit});
  if (result && result->timed_out) co_await end_unit(unit);
  co_return result;
}

asio::awaitable<agent_link::RestartReport> restart_script(RestartRecipe recipe,
                                                          files::FileReaders& readers,
                                                          Duration time_limit) {
  const auto begin = steady_clock::now();
  agent_link::RestartReport report;
  std::string script = recipe.script;
  if (recipe.named_by_peer) {
    const std::function<Result<files::FileText>()> look = [script, &readers] {
      return readers.read(script, {.settle = false, .trusted = true});
    };
    const auto found = co_await readers.later(script, look);
    if (!found) {
      report.error = "not run: " + found.error().message;
      report.exit_status = kNotRun;
      co_return report;
    }
    script = found->text;
  }
  const bool transient = process::is_started_by_systemd() && ::geteuid() == 0;
  for (const char* const verb : {"stop", "start"}) {
    const bool last = verb == std::string_view("start");
    const Duration left = time_limit - (steady_clock::now() - begin);
    auto result = co_await run_script(script, verb,
                                      last ? std::max(left, time_limit / 2) : left / 2, transient);
    if (!result) {
      report.error = result.error().message();
      report.exit_status = kNotRun;
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

}  // namespace

std::string transient_unit(std::string_view script, std::string_view verb,
                           std::string_view number) {
  return fmt::format("rollcall-{}-{}-{}.service", file_name(script), verb, number);
}

std::vector<std::string> transient_command(const std::string& unit, const std::string& script,
                                           const std::string& verb, Duration limit) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit + kTransientGrace).count();
  return {"/usr/bin/systemd-run", "--quiet", "--collect", "--wait", "--pipe", "--no-ask-password",
          "--unit=" + unit, fmt::format("--description=Rollcall: {} {}", script, verb),
          "--service-type=oneshot",
          // As systemd runs init scripts: only the script itself ends with the unit.
          "--property=KillMode=process", "--property=IgnoreSIGPIPE=no",
          fmt::format("--property=TimeoutStartSec={}s", seconds), "--", script, verb};
}

asio::awaitable<agent_link::RestartReport> run_restart(RestartRecipe recipe,
                                                       files::FileReaders& readers,
                                                       Duration time_limit) {
  if (recipe.unit.empty()) {
    co_return co_await restart_script(std::move(recipe), readers, time_limit);
  }
  co_return co_await restart_unit(std::move(recipe.unit), time_limit);
}

}  // namespace rollcall::service
