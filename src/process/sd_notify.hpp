/// What the service and systemd know of each other (sd_notify(3), systemd.exec(5)), without its
/// library.
#pragma once

#include <string_view>

namespace rollcall::process {

/// Sends e.g. "READY=1" or "STOPPING=1" to the datagram socket that $NOTIFY_SOCKET names: a path,
/// or an abstract name behind '@'. Does not block.
/// @return false if $NOTIFY_SOCKET is not set or the message could not be sent
bool sd_notify(std::string_view state);

/// Whether systemd is this machine's init and has started this very process (not one of its
/// parents), as one of its units.
bool is_started_by_systemd();

}  // namespace rollcall::process
