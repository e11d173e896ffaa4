/// Tells systemd how the service is (sd_notify(3)), without its library.
#pragma once

#include <string_view>

namespace rollcall::io {

/// Sends e.g. "READY=1" or "STOPPING=1" to the datagram socket that $NOTIFY_SOCKET names: a path,
/// or an abstract name behind '@'. Does not block.
/// @return false where nobody asked for it or it could not be sent
bool sd_notify(std::string_view state);

}  // namespace rollcall::io
