#include "service/unit_restart.hpp"

#include <unistd.h>

#include <vector>

#include "core/number.hpp"
#include "core/printable.hpp"
#include "core/trimmed.hpp"
#include "process/child_process.hpp"

namespace rollcall::service {
namespace {

constexpr std::size_t kWordLimit = 64;  // octets; systemd's longest word has 15

/// What the program writes; empty where it fails or takes too long.
asio::awaitable<std::string> ask(std::vector<std::string> argv) {
  const auto said = co_await process::run_child(
      std::move(argv), {.time = kUnitLookLimit, .descendants = process::Descendants::killed});
  co_return said && said->succeeded() ? said->output : std::string();
}

asio::awaitable<UnitState> state_of(std::string unit) {
  std::vector<std::string> argv{systemctl(), "show", "--property=ActiveState,Result,NRestarts",
                                "--", std::move(unit)};
  co_return read_unit_state(co_await ask(std::move(argv)));
}

/// The unit's last lines; empty where the journal cannot be read.
asio::awaitable<std::string> last_lines(std::string unit) {
  std::vector<std::string> argv{
      "/usr/bin/journalctl", "--no-pager",     "--quiet",
      "--no-hostname",       "--output=short", "--lines=" + std::to_string(kJournalLines),
      "--unit=" + unit};
  std::string lines = co_await ask(std::move(argv));
  if (lines.size() > kJournalLimit) {
    lines.erase(0, lines.size() - kJournalLimit);
    lines.erase(0, lines.find('\n') + 1);  // no half of a line; all of one that is longer
  }
  co_return lines;
}

/// @return whether systemd has forgotten the unit's failures
asio::awaitable<bool> reset_failed(std::string unit) {
  std::vector<std::string> argv{systemctl(), "--no-ask-password", "reset-failed", "--",
                                std::move(unit)};
  const auto done = co_await process::run_child(std::move(argv), {.time = kUnitLookLimit});
  co_return done && done->succeeded();
}

}  // namespace

/// Debian 12 has the first; a system without a merged /usr the second.
std::string systemctl() {
  return access("/usr/bin/systemctl", X_OK) == 0 ? "/usr/bin/systemctl" : "/bin/systemctl";
}

UnitState read_unit_state(std::string_view shown) {
  UnitState state;
  while (!shown.empty()) {
    const std::size_t end = shown.find('\n');
    const std::string_view line = shown.substr(0, end);
    shown = end == std::string_view::npos ? std::string_view() : shown.substr(end + 1);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (key == "ActiveState") state.active = printable(value.substr(0, kWordLimit));
    if (key == "Result") state.result = printable(value.substr(0, kWordLimit));
    if (key == "NRestarts") state.restarts = parse_number<std::uint32_t>(value).value_or(0);
  }
  return state;
}

asio::awaitable<agent_link::RestartReport> restart_unit(std::string unit, Duration time_limit) {
  agent_link::RestartReport report;
  agent_link::UnitReport about;
  const UnitState before = co_await state_of(unit);
  about.result_before = before.result;
  about.restarts_before = before.restarts;
  if (before.active == "failed") about.was_reset = co_await reset_failed(unit);
  std::vector<std::string> argv{systemctl(), "--no-ask-password", "restart", "--", unit};
  const auto result = co_await process::run_child(std::move(argv), {.time = time_limit});
  if (!result) {
    report.error = result.error().message();
    report.exit_status = 127;  // as a shell reports a program that cannot be run
    co_return report;
  }
  report.ok = result->succeeded();
  report.exit_status = result->shell_status();
  report.timed_out = result->timed_out;
  report.output = result->output;
  report.seconds =
      std::chrono::duration<double>(std::chrono::round<std::chrono::milliseconds>(result->duration))
          .count();
  const UnitState after = co_await state_of(unit);
  about.state = after.active;
  about.result = after.result;
  about.restarts = after.restarts;
  if (report.ok && !after.result.empty() && after.result != "success") {
    report.ok = false;  // for a simple service, systemctl does not wait for its failure
    report.error = "started, and failed at once: " + after.result;
  }
  about.journal = co_await last_lines(unit);
  report.unit = std::move(about);
  co_return report;
}

}  // namespace rollcall::service
