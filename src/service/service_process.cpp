#include "service/service_process.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "core/number.hpp"
#include "core/printable.hpp"
#include "core/trimmed.hpp"
#include "process/child_process.hpp"
#include "service/unit_restart.hpp"

namespace rollcall::service {
namespace {

constexpr Duration kSystemctlLimit = std::chrono::seconds(5);
constexpr std::size_t kPidFileLimit = 4096;  // octets; some daemons write more than one line
constexpr pid_t kMaxPid = 1 << 22;           // no kernel has a larger one: proc(5), pid_max
constexpr int kTries = 3;                    // a service that is being restarted settles meanwhile

/// @return nothing if the text is not a process number; 0 is accepted
std::optional<pid_t> read_pid(std::string_view text) {
  const auto pid = parse_number<pid_t>(trimmed(text));
  return pid && *pid >= 0 && *pid <= kMaxPid ? pid : std::nullopt;
}

asio::awaitable<Result<pid_t>> ask_systemd(std::string unit) {
  std::vector<std::string> argv{systemctl(), "show", "--property=MainPID", "--value", "--", unit};
  const auto shown = co_await process::run_child(std::move(argv), {.time = kSystemctlLimit});
  if (!shown) co_return fail(shown.error().message());
  if (shown->timed_out) co_return fail("systemctl did not report the main process in time");
  if (!shown->succeeded()) {
    co_return fail(fmt::format("systemctl does not report the main process: {}",
                               printable(trimmed(shown->output))));
  }
  co_return read_main_pid(shown->output);
}

/// The service writes the file, so it must not lead the agent to a pipe or through a link.
asio::awaitable<Result<pid_t>> ask_pid_file(std::string path, files::FileReaders& readers) {
  const std::function<Result<files::FileText>()> read = [path, &readers] {
    return readers.read(path, {.limit = kPidFileLimit, .follow_links = false, .settle = false});
  };
  const auto file = co_await readers.later(path, read);
  if (!file) co_return std::unexpected(file.error());
  auto pid = read_pid_file_text(file->text);
  if (!pid) co_return fail(fmt::format("{}: {}", path, pid.error().message));
  co_return pid;
}

asio::awaitable<Result<pid_t>> find_process(const RestartRecipe& recipe,
                                            files::FileReaders& readers) {
  if (!recipe.unit.empty()) co_return co_await ask_systemd(recipe.unit);
  if (recipe.pid_file.empty()) co_return fail("no pid_file: its process is unknown");
  co_return co_await ask_pid_file(recipe.pid_file, readers);
}

Result<ServiceProcess> open_process(pid_t pid) {
  // glibc 2.36 declares pidfd_open() for C only. The descriptor is closed at exec.
  io::Descriptor end(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!end) {
    return fail(fmt::format("process {}: {}", pid, std::system_category().message(errno)));
  }
  pollfd ended{end.get(), POLLIN, 0};
  if (::poll(&ended, 1, 0) > 0) return fail(fmt::format("process {} has ended", pid));
  return ServiceProcess{pid, std::move(end)};
}

}  // namespace

Result<pid_t> read_main_pid(std::string_view text) {
  const auto pid = read_pid(text);
  if (!pid)
    return fail("systemctl names no main process: " + agent_link::quote_foreign(trimmed(text)));
  if (*pid == 0) return fail("no main process is running");
  return *pid;
}

Result<pid_t> read_pid_file_text(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto pid = read_pid(line);
  if (!pid || *pid == 0) return fail("its first line is not the number of a process");
  return *pid;
}

asio::awaitable<Result<ServiceProcess>> open_service_process(RestartRecipe recipe,
                                                             files::FileReaders& readers) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const auto before = co_await find_process(recipe, readers);
    if (!before) co_return std::unexpected(before.error());
    Result<ServiceProcess> process = open_process(*before);
    // From here on the number cannot be reused. If the service still names it, the pidfd is of the
    // right process.
    const auto after = co_await find_process(recipe, readers);
    if (after && *after == *before) co_return process;
  }
  co_return fail("its process keeps changing");
}

}  // namespace rollcall::service
