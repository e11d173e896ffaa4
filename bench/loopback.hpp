/// The only addresses that the load generator and the echo server use: those of this host.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string_view>

#include "core/result.hpp"

namespace rollcall::bench {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Reads "127.0.0.1:5300" or "[::1]:5300".
/// @return an error for anything outside of 127.0.0.0/8 and ::1: a flood must not leave the host
Result<SocketAddress> loopback_address(std::string_view text);

}  // namespace rollcall::bench
