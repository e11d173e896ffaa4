#include "process/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <memory>
#include <system_error>

#include "io/descriptor.hpp"
#include "process/reaper.hpp"

namespace rollcall::process {

namespace {

using namespace asio::experimental::awaitable_operators;
using Waited = asio::posix::stream_descriptor;

// How long the pipe is still read after the child has ended: a daemon may hold it open for ever.
constexpr Duration kOutputGrace = std::chrono::milliseconds(200);
// A child in uninterruptible sleep ends only some time after SIGKILL.
constexpr Duration kDeathLimit = std::chrono::seconds(5);
// After this much output, reading pauses this long: a child that writes without end costs no more.
constexpr std::size_t kOutputStretch = 256UL * 1024;
constexpr Duration kOutputPause = std::chrono::milliseconds(10);

class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class SpawnAttributes {
 public:
  SpawnAttributes() { posix_spawnattr_init(&attributes_); }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::vector<std::string> reaper_command(std::vector<std::string> argv, Descendants descendants) {
  argv.insert(argv.begin(), {reaper_path(), std::to_string(::getpid()),
                             descendants == Descendants::kept ? "kept" : "killed",
                             std::to_string(io::starting_descriptor_limit())});
  return argv;
}

/// A file in memory with the text. @return none, with an errno, where there is no memory
io::Descriptor memory_file(std::string_view text) {
  io::Descriptor file(memfd_create("input", MFD_CLOEXEC));
  while (file.get() >= 0 && !text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written <= 0) return {};
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file.get() >= 0 && ::lseek(file.get(), 0, SEEK_SET) != 0) return {};
  return file;
}

/// Starts the reaper. @return 0, or an errno
/// @param input a descriptor; negative: /dev/null
int spawn(const std::vector<std::string>& argv, int input, int output, int report, pid_t& pid) {
  SpawnActions actions;
  if (input >= 0) {
    posix_spawn_file_actions_adddup2(actions.get(), input, STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_adddup2(actions.get(), output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(actions.get(), output, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(actions.get(), report, kReportFd);
  posix_spawn_file_actions_addclosefrom_np(actions.get(), kReportFd + 1);
  posix_spawn_file_actions_addchdir_np(actions.get(), "/");

  SpawnAttributes attributes;
  sigset_t signals;
  sigfillset(&signals);  // a signal sent before the reaper waits for it is not lost
  posix_spawnattr_setsigmask(attributes.get(), &signals);
  posix_spawnattr_setsigdefault(attributes.get(), &signals);
  posix_spawnattr_setflags(attributes.get(),
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::array<std::string, 2> variables{
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C"};
  std::array<char*, 3> environment{variables[0].data(), variables[1].data(), nullptr};
  return posix_spawn(&pid, arguments[0], actions.get(), attributes.get(), arguments.data(),
                     environment.data());
}

/// Collects a reaper once it has ended, which may take long: a process that it kills may be in
/// uninterruptible sleep.
void reap_later(pid_t pid, io::Descriptor end, const Waited::executor_type& executor) {
  const auto held = std::make_shared<Waited>(executor);
  ErrorCode error;
  held->assign(end.get(), error);
  if (error)
    return;  // the executor ends, and with it this program: its children get another parent
  static_cast<void>(end.release());
  held->async_wait(Waited::wait_read,
                   [held, pid](const ErrorCode&) { waitpid(pid, nullptr, WNOHANG); });
}

/// A reaper with its program. The destructor kills the program, and does not wait for its end.
struct Child {
  Child(pid_t id, Waited ended, Waited pipe, io::Descriptor said)
      : pid(id),
        end(std::move(ended)),
        output(std::move(pipe)),
        report(std::move(said)),
        drained(output.get_executor()) {}
  ~Child() {
    if (reaped) return;
    kill(pid, kKillProgram);
    reap_later(pid, io::Descriptor(end.release()), output.get_executor());
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The reaper is a zombie until here, so no other process can have its id before.
  void reap() {
    if (waitpid(pid, nullptr, WNOHANG) == pid) reaped = true;
    ReaperReport said;
    if (::read(report.get(), &said, sizeof said) != sizeof said) return;
    start_error = said.start_error;
    if (start_error != 0) return;
    if (WIFEXITED(said.status)) result.exit_status = WEXITSTATUS(said.status);
    if (WIFSIGNALED(said.status)) result.signal = WTERMSIG(said.status);
  }

  pid_t pid;              // of the reaper
  Waited end;             // a pidfd: readable once the reaper has ended
  Waited output;          // our side of the program's standard output and error
  io::Descriptor report;  // does not block
  bool reaped = false;
  bool output_ended = false;
  bool enough = false;         // the output is no longer waited for
  asio::steady_timer drained;  // cancelled at the end of the output
  int start_error = 0;
  ChildResult result;
};

asio::awaitable<bool> ended_within(Child& child, Duration limit) {
  asio::steady_timer timer(child.end.get_executor(), limit);
  const auto first =
      co_await (child.end.async_wait(Waited::wait_read, as_value) || timer.async_wait(as_value));
  co_return first.index() == 0;
}

asio::awaitable<void> read_output(Child& child, std::size_t limit) {
  std::array<char, 4096> buffer;
  asio::steady_timer pause(child.output.get_executor());
  std::size_t stretch = 0;
  while (!child.enough) {
    const auto [error, size] =
        co_await child.output.async_read_some(asio::buffer(buffer), as_value);
    append_tail(child.result.output, {buffer.data(), size});
    std::string& head = child.result.head;
    head.append(buffer.data(), std::min(size, kOutputHeadLimit - head.size()));
    if (error) break;
    if (size > limit) {
      child.result.said_too_much = true;
      kill(child.pid, kKillProgram);
      break;
    }
    limit -= size;
    stretch += size;
    if (stretch < kOutputStretch) continue;
    stretch = 0;
    pause.expires_after(kOutputPause);
    co_await pause.async_wait(as_value);
  }
  child.output_ended = true;
  child.drained.cancel();
}

asio::awaitable<void> watch_end(Child& child, Duration time_limit) {
  bool ended = co_await ended_within(child, time_limit);
  if (!ended) {
    child.result.timed_out = true;
    kill(child.pid, kEndProgram);
    ended = co_await ended_within(child, kKillGrace);
    if (!ended) {
      kill(child.pid, kKillProgram);
      co_await ended_within(child, kDeathLimit);
    }
  }
  child.reap();
  if (!child.output_ended) {
    child.drained.expires_after(kOutputGrace);
    co_await child.drained.async_wait(as_value);
  }
  child.enough = true;
  child.output.cancel();
}

StartError start_error(const std::string& program, int error) {
  return {"cannot run " + program, error};
}

}  // namespace

std::string StartError::message() const {
  return fmt::format("{}: {}", what, std::system_category().message(number));
}

void append_tail(std::string& tail, std::string_view more) {
  tail.append(more);
  if (tail.size() > kOutputTailLimit) tail.erase(0, tail.size() - kOutputTailLimit);
}

asio::awaitable<ChildRun> run_child(std::vector<std::string> argv, ChildLimits limits,
                                    std::string input) {
  const auto executor = co_await asio::this_coro::executor;
  const auto begin = std::chrono::steady_clock::now();
  if (argv.empty()) co_return std::unexpected(start_error("nothing", EINVAL));
  const std::string program = argv[0];
  io::Descriptor from_input;
  if (!input.empty()) {
    from_input = memory_file(input);
    if (from_input.get() < 0) co_return std::unexpected(start_error(program, errno));
  }
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) co_return std::unexpected(start_error(program, errno));
  io::Descriptor output(pipe[0]);
  io::Descriptor to_output(pipe[1]);
  if (pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    co_return std::unexpected(start_error(program, errno));
  }
  io::Descriptor report(pipe[0]);
  io::Descriptor to_report(pipe[1]);
  pid_t pid = 0;
  const int error = spawn(reaper_command(std::move(argv), limits.descendants), from_input.get(),
                          to_output.get(), to_report.get(), pid);
  if (error != 0) co_return std::unexpected(start_error(reaper_path(), error));
  from_input = {};
  to_output = {};
  to_report = {};
  // glibc 2.36 declares pidfd_open() for C only.
  const int end = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (end < 0) {
    const int reason = errno;
    kill(pid, kKillProgram);
    waitpid(pid, nullptr, WNOHANG);  // a zombie is better than a wait
    co_return std::unexpected(start_error(program, reason));
  }
  Child child(pid, Waited(executor, end), Waited(executor, output.release()), std::move(report));
  co_await (read_output(child, limits.output) && watch_end(child, limits.time));
  if (child.start_error != 0) co_return std::unexpected(start_error(program, child.start_error));
  child.result.duration = std::chrono::steady_clock::now() - begin;
  co_return std::move(child.result);
}

}  // namespace rollcall::process
