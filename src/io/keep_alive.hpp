/// Connections that are idle for long: that their peer is gone is found out.
#pragma once

#include <boost/asio/ip/tcp.hpp>

namespace rollcall::server {

/// A host that is gone without a word ends the connection within half a minute.
void keep_alive(boost::asio::ip::tcp::socket& socket);

}  // namespace rollcall::server
