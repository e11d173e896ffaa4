#include "server/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
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

namespace rollcall::server {

namespace {

using namespace asio::experimental::awaitable_operators;
using Descriptor = asio::posix::stream_descriptor;

// What is still in the pipe when the child ends is read in this time; a daemon may hold it for
// ever.
constexpr Duration kOutputGrace = std::chrono::milliseconds(200);
// SIGKILL is not refused, but a child in uninterruptible sleep takes its time.
constexpr Duration kDeathLimit = std::chrono::seconds(5);
constexpr int kDeathLimitAtEndMs = 1000;  // of the whole program

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

/// @return 0, or the error of what failed: the exec too.
int spawn(const std::vector<std::string>& argv, int output, pid_t& pid) {
  SpawnActions actions;
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(actions.get(), output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(actions.get(), output, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(actions.get(), STDERR_FILENO + 1);
  posix_spawn_file_actions_addchdir_np(actions.get(), "/");

  SpawnAttributes attributes;
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(attributes.get(), &signals);
  sigfillset(&signals);
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

/// Reaps a child that was killed once it has ended: in uninterruptible sleep it takes its time.
void reap_later(pid_t pid, Descriptor end) {
  const auto held = std::make_shared<Descriptor>(std::move(end));
  held->async_wait(Descriptor::wait_read,
                   [held, pid](const ErrorCode&) { waitpid(pid, nullptr, WNOHANG); });
}

/// A running child. It is killed, with its group, by the destructor at the latest; what is
/// cancelled calls abandon(), so that nobody waits for the end.
struct Child {
  Child(pid_t id, Descriptor ended, Descriptor pipe)
      : pid(id), end(std::move(ended)), output(std::move(pipe)), drained(output.get_executor()) {}
  ~Child() {
    if (reaped) return;
    kill(-pid, SIGKILL);
    pollfd wait{end.native_handle(), POLLIN, 0};
    poll(&wait, 1, kDeathLimitAtEndMs);
    waitpid(pid, nullptr, WNOHANG);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void abandon() {
    if (reaped) return;
    kill(-pid, SIGKILL);
    reaped = true;
    reap_later(pid, Descriptor(output.get_executor(), end.release()));
  }

  /// The child is a zombie until here, so nobody else can have its id or its group's before.
  void reap() {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) != pid) return;
    reaped = true;
    if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  }

  pid_t pid;
  Descriptor end;     // a pidfd: readable once the child has ended
  Descriptor output;  // our side of its standard output and error
  bool reaped = false;
  bool output_ended = false;
  bool enough = false;         // nobody waits for more output
  asio::steady_timer drained;  // cancelled at the end of the output
  ChildResult result;
};

asio::awaitable<bool> ended_within(Child& child, Duration limit) {
  asio::steady_timer timer(child.end.get_executor(), limit);
  const auto first = co_await (child.end.async_wait(Descriptor::wait_read, as_value) ||
                               timer.async_wait(as_value));
  co_return first.index() == 0;
}

asio::awaitable<void> read_output(Child& child) {
  std::array<char, 4096> buffer;
  while (!child.enough) {
    const auto [error, size] =
        co_await child.output.async_read_some(asio::buffer(buffer), as_value);
    append_tail(child.result.output, {buffer.data(), size});
    std::string& head = child.result.head;
    head.append(buffer.data(), std::min(size, kOutputHeadLimit - head.size()));
    if (error) break;
  }
  child.output_ended = true;
  child.drained.cancel();
}

asio::awaitable<void> watch_end(Child& child, Duration time_limit) {
  bool ended = co_await ended_within(child, time_limit);
  if (!ended) {
    child.result.timed_out = true;
    kill(-child.pid, SIGTERM);
    ended = co_await ended_within(child, kKillGrace);
    kill(-child.pid, SIGKILL);  // those of the group that SIGTERM did not end, too
    if (!ended) co_await ended_within(child, kDeathLimit);
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
  return {fmt::format("cannot run {}: {}", program, std::system_category().message(error)), error};
}

}  // namespace

void append_tail(std::string& tail, std::string_view more) {
  tail.append(more);
  if (tail.size() > kOutputTailLimit) tail.erase(0, tail.size() - kOutputTailLimit);
}

asio::awaitable<ChildRun> run_child(std::vector<std::string> argv, Duration time_limit) {
  const auto executor = co_await asio::this_coro::executor;
  const auto begin = std::chrono::steady_clock::now();
  std::array<int, 2> pipe{};
  if (argv.empty() || pipe2(pipe.data(), O_CLOEXEC) != 0) {
    co_return std::unexpected(start_error(argv.empty() ? "nothing" : argv[0], errno));
  }
  Descriptor output(executor, pipe[0]);
  pid_t pid = 0;
  const int error = spawn(argv, pipe[1], pid);
  close(pipe[1]);
  if (error != 0) co_return std::unexpected(start_error(argv[0], error));
  // glibc 2.36 declares pidfd_open() for C only.
  const int end = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (end < 0) {
    const int reason = errno;
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    co_return std::unexpected(start_error(argv[0], reason));
  }
  Child child(pid, Descriptor(executor, end), std::move(output));
  try {
    co_await (read_output(child) && watch_end(child, time_limit));
  } catch (...) {  // cancelled
    child.abandon();
    throw;
  }
  child.result.duration = std::chrono::steady_clock::now() - begin;
  co_return std::move(child.result);
}

}  // namespace rollcall::server
