/// The main process of a service, found through systemd or a pid file; a pidfd reports its end.
///
/// Not done: a stale pid file whose number now belongs to another process is believed; a service
/// that continues in another process than its pid file names is not followed.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "core/result.hpp"
#include "files/file_readers.hpp"
#include "io/async.hpp"
#include "io/descriptor.hpp"
#include "service/allow_list.hpp"

namespace rollcall::service {

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
/// @return an error if none runs or it cannot be found
asio::awaitable<Result<ServiceProcess>> open_service_process(RestartRecipe recipe,
                                                             files::FileReaders& readers);

}  // namespace rollcall::service
