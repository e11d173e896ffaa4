/// TCP connections that we make. connect() is called here, not by Asio: what connect() itself says
/// is another thing than what SO_ERROR says later (core/fault.hpp).
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

/// What has become of a connection that was under way: 0, or an errno.
int connect_result(int socket) noexcept;

/// Opens `socket`, which is closed, and connects it. No time is kept here.
asio::awaitable<Connected> connect(asio::ip::tcp::socket& socket, Endpoint target);

/// For a connection that is idle for long, whoever made it: a host that is gone without a word ends
/// it within half a minute.
void keep_alive(asio::ip::tcp::socket& socket);

}  // namespace rollcall::io
