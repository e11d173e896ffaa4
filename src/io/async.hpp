/// The coroutine vocabulary of every impure room, so it stands in `rollcall` itself, as core does:
/// errors come back as values, never as exceptions.
///
///   auto [error, size] = co_await socket.async_read_some(buffer, as_value);
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace rollcall {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

inline constexpr auto as_value = asio::as_tuple(asio::use_awaitable);

}  // namespace rollcall
