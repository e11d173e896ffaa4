/// How many file descriptors this program may have.
#pragma once

#include <sys/resource.h>

namespace rollcall::server {

/// The soft limit that this program was started with, whatever it has raised it to: programs that
/// it runs get it back. Many use select(), which breaks above 1024.
rlim_t starting_descriptor_limit() noexcept;

}  // namespace rollcall::server
