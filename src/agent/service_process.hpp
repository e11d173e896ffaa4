/// The main process of a service, and the word of its end: by systemd or a pid file, and by a
/// pidfd.
///
/// Not done: a pid file that outlived its process and whose number another process has by now is
/// believed; a service that goes on without the process that its pid file names is not followed.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "agent/service_restart.hpp"
#include "core/result.hpp"
#include "io/async.hpp"
#include "io/descriptor.hpp"
#include "io/file_readers.hpp"

namespace rollcall::agent {

struct ServiceProcess {
  pid_t pid = 0;
  io::Descriptor end;  // a pidfd: readable once the process has ended
};

/// @param text what `systemctl show --property=MainPID --value` writes: a number, 0 for none
Result<pid_t> read_main_pid(std::string_view text);

/// @param text of a pid file: a number, perhaps between blanks, on its first line
Result<pid_t> read_pid_file_text(std::string_view text);

/// Finds the process and opens it, so that its number cannot come to mean another one.
/// @param readers read the pid file
/// @return an error where none runs, or nobody knows which it is
asio::awaitable<Result<ServiceProcess>> open_service_process(RestartRecipe recipe,
                                                             io::FileReaders& readers);

}  // namespace rollcall::agent
