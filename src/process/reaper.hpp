/// rollcall-reaper: the parent process of a program that we run. Every descendant of the program
/// whose parent ends becomes a child of the reaper, whatever session it is in, so that none
/// outlives its time (PR_SET_CHILD_SUBREAPER, prctl(2)).
///
///   rollcall-reaper PARENT kept|killed DESCRIPTORS PROGRAM [ARGUMENT...]
///
/// PARENT is our process: when it ends, so does the program. When the program ends in time, its
/// remaining descendants stay (kept) or are killed (killed). DESCRIPTORS is the soft limit of
/// RLIMIT_NOFILE that the program gets.
#pragma once

#include <csignal>
#include <string>

namespace rollcall::process {

/// What the reaper writes to kReportFd, once, when the program has ended or could not be started.
struct ReaperReport {
  int start_error = 0;  // an errno, or 0
  int status = 0;       // of waitpid()
};
inline constexpr int kReportFd = 3;

// Signals to the reaper. The first: send SIGTERM to the program's group, and kill what is left when
// the program ends. The second: kill everything now.
inline constexpr int kEndProgram = SIGTERM;
inline constexpr int kKillProgram = SIGUSR1;

/// The reaper's path: beside this program, one folder up (tests), or in ../libexec/rollcall.
const std::string& reaper_path();

}  // namespace rollcall::process
