/// rollcall-reaper: the process between us and a program that we run. The kernel hands it every
/// descendant of the program whose parent has ended, whatever session it is in, so that none
/// outlives its time (PR_SET_CHILD_SUBREAPER, prctl(2)).
///
///   rollcall-reaper PARENT kept|killed DESCRIPTORS PROGRAM [ARGUMENT...]
///
/// PARENT is our process: when it ends, so does the program. kept: descendants that are left when
/// the program ends in time stay; killed: they do not. DESCRIPTORS is the soft limit of
/// RLIMIT_NOFILE that the program gets.
#pragma once

#include <csignal>
#include <string>

namespace rollcall::io {

/// What the reaper writes to kReportFd, once, when the program has ended or could not be started.
struct ReaperReport {
  int start_error = 0;  // an errno, or 0
  int status = 0;       // of waitpid()
};
inline constexpr int kReportFd = 3;

// Signals to the reaper. The first: SIGTERM to the program's group; what is left when the program
// ends is killed. The second: everything is killed now.
inline constexpr int kEndProgram = SIGTERM;
inline constexpr int kKillProgram = SIGUSR1;

/// Where it is: beside this program, one folder up (tests), or in ../libexec/rollcall.
const std::string& reaper_path();

}  // namespace rollcall::io
