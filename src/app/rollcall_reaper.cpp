/// rollcall-reaper: runs one program and ends its descendants (io/reaper.hpp). It is small and
/// links nothing, because it is started with each exec probe.
///
/// Limitations: a descendant of another user (setuid) cannot be killed, and is left to init.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "process/reaper.hpp"

namespace {

using rollcall::process::kEndProgram;
using rollcall::process::kKillProgram;
using rollcall::process::kReportFd;
using rollcall::process::ReaperReport;

constexpr int kCannot = 127;
constexpr long kFirstPauseNs = 1'000'000;    // between two searches for remaining children,
constexpr long kLastPauseNs = 128'000'000;   // longer while one is in uninterruptible sleep
constexpr std::size_t kMaxChildren = 65536;  // octets of their numbers; further ones are read later

struct Request {
  pid_t parent = 0;
  bool keep = false;
  rlim_t descriptors = 0;
  char** program = nullptr;
};

void report(ReaperReport said) {
  static_cast<void>(!::write(kReportFd, &said, sizeof said));  // the reader may have ended
  ::close(kReportFd);
}

[[noreturn]] void become(const Request& request, int failure) {
  ::setsid();
  if (!request.keep) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = request.descriptors < limit.rlim_max ? request.descriptors : limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(request.program[0], request.program, environ);
  const int error = errno;
  static_cast<void>(!::write(failure, &error, sizeof error));
  ::_exit(kCannot);
}

/// @return the program's process; 0 after a reported failure to start it
pid_t start(const Request& request) {
  int failure[2];
  if (::pipe2(failure, O_CLOEXEC) != 0) {
    report({.start_error = errno});
    return 0;
  }
  const pid_t pid = ::fork();
  if (pid == 0) become(request, failure[1]);
  int error = pid < 0 ? errno : 0;
  ::close(failure[1]);
  // The output ends with the program and its descendants, not with the reaper.
  ::close(STDOUT_FILENO);
  ::close(STDERR_FILENO);
  int said = 0;
  if (pid > 0 && ::read(failure[0], &said, sizeof said) == sizeof said) error = said;
  ::close(failure[0]);
  if (error == 0) return pid;
  report({.start_error = error});
  return 0;
}

/// The reaper's children: the program, and orphans that the kernel has handed over. Only children
/// get signals: until the reaper waits for them, no other process can have their numbers.
template <class Each>
bool for_each_child(Each each) {
  static char text[kMaxChildren];
  const int file = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::size_t size = 0;
  while (size < sizeof text - 1) {
    const ssize_t got = ::read(file, text + size, sizeof text - 1 - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  ::close(file);
  text[size] = '\0';
  char* at = text;
  for (char* end = at; std::strchr(at, ' ') != nullptr; at = end + 1) {
    const auto pid = static_cast<pid_t>(std::strtol(at, &end, 10));
    if (end == at) break;
    each(pid);
  }
  return true;
}

/// The program and its descendants.
class Family {
 public:
  explicit Family(pid_t program) : program_(program) {}

  /// Collects the children that have ended. @return false where no child is left
  bool collect() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid != program_) continue;
      ended_ = true;
      report({.status = status});
    }
    return pid == 0;
  }
  bool ended() const { return ended_; }

  void ask_to_end() const {
    if (!ended_) ::kill(-program_, SIGTERM);
    for_each_child([](pid_t child) { ::kill(child, SIGTERM); });
  }

  /// Kills until no child is left that may be killed: each level of descendants becomes our own
  /// when the level above it has ended.
  void kill_all(const sigset_t& signals) {
    for (long wait = kFirstPauseNs; collect(); wait = wait < kLastPauseNs ? 2 * wait : wait) {
      bool any = false;
      const bool known =
          for_each_child([&any](pid_t child) { any |= ::kill(child, SIGKILL) == 0; });
      if (!known && !ended_) any = ::kill(-program_, SIGKILL) == 0;  // without /proc: its group
      if (!any) return;
      const timespec pause{0, wait};
      ::sigtimedwait(&signals, nullptr, &pause);
    }
  }

 private:
  pid_t program_;
  bool ended_ = false;
};

void watch(const Request& request, pid_t program) {
  sigset_t signals;
  sigfillset(&signals);
  Family family(program);
  bool in_time = true;
  while (!family.ended()) {
    const int signal = ::sigwaitinfo(&signals, nullptr);
    if (signal == kEndProgram) {
      in_time = false;
      family.ask_to_end();
    } else if (signal == kKillProgram) {
      return family.kill_all(signals);
    }
    family.collect();
  }
  if (!request.keep || !in_time) family.kill_all(signals);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return kCannot;
  const Request request{.parent = static_cast<pid_t>(std::atol(argv[1])),
                        .keep = std::strcmp(argv[2], "kept") == 0,
                        .descriptors = std::strtoull(argv[3], nullptr, 10),
                        .program = argv + 4};
  ::fcntl(kReportFd, F_SETFD, FD_CLOEXEC);
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);  // they are received by sigwait
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (!request.keep) {
    ::prctl(PR_SET_PDEATHSIG, kKillProgram);
    if (::getppid() != request.parent) return kCannot;  // it has ended meanwhile
  }
  if (const pid_t program = start(request); program > 0) watch(request, program);
  return 0;
}
