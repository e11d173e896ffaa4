/// Outgoing TCP connections. connect() is called here, not by Asio, because an error of connect()
/// itself means something else than a later SO_ERROR (core/fault.hpp).
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "core/fault.hpp"
#include "core/ip_address.hpp"
#include "io/async.hpp"

namespace rollcall::io {

struct Connected {
  ErrorCode error;  // none: the connection stands
  Step step = Step::later;

  Fault fault() const noexcept { return fault_of(step, error); }
};

/// connect() of a socket that does not block.
/// @return 0 where the connection stands or is under way, or an errno
int begin_connect(int socket, const asio::ip::tcp::endpoint& target) noexcept;

/// The result of a connection that was under way: 0, or an errno.
int connect_result(int socket) noexcept;

/// Opens `socket`, which is closed, and connects it. The caller keeps the time.
asio::awaitable<Connected> connect(asio::ip::tcp::socket& socket, Endpoint target);

/// Turns on TCP keepalive for a connection that is idle for long: it ends within half a minute
/// after the other host has vanished.
void keep_alive(asio::ip::tcp::socket& socket);

}  // namespace rollcall::io
