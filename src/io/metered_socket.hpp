/// A TCP socket that takes no more from its peer than a budget. Under TLS it counts whole records,
/// including those without application data.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <utility>

#include "io/async.hpp"

namespace rollcall::io {

/// How much one peer may send in one conversation.
struct Budget {
  std::size_t octets = 0;
  std::size_t pieces = 0;  // reads: a peer that sends octet by octet costs one for each
};

/// The two operations of a stream that Asio and its TLS ask for. One thread.
class MeteredSocket {
 public:
  using executor_type = asio::any_io_executor;
  using next_layer_type = asio::ip::tcp::socket;
  using lowest_layer_type = asio::ip::tcp::socket::lowest_layer_type;

  MeteredSocket(const asio::any_io_executor& executor, Budget budget)
      : socket_(executor), left_(budget) {}

  executor_type get_executor() noexcept { return socket_.get_executor(); }
  next_layer_type& next_layer() noexcept { return socket_; }
  lowest_layer_type& lowest_layer() noexcept { return socket_.lowest_layer(); }

  void close() {
    ErrorCode ignored;
    socket_.close(ignored);
  }

  /// The peer has sent more: each read fails from then on.
  bool is_spent() const noexcept { return spent_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_compose<Token, void(ErrorCode, std::size_t)>(
        [this, buffers, begun = false](auto& self, ErrorCode error = {},
                                       std::size_t size = 0) mutable {
          if (!std::exchange(begun, true)) {
            const Buffers into = buffers;  // `self`, which is moved, holds the other one
            return socket_.async_read_some(into, std::move(self));
          }
          spend(error, size);
          self.complete(error, size);
        },
        token, socket_);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return socket_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  void spend(ErrorCode& error, std::size_t& size) noexcept {
    if (error) return;
    spent_ = spent_ || size > left_.octets || left_.pieces == 0;
    if (spent_) {
      error = asio::error::message_size;
      size = 0;
      return;
    }
    left_.octets -= size;
    --left_.pieces;
  }

  asio::ip::tcp::socket socket_;
  Budget left_;
  bool spent_ = false;
};

}  // namespace rollcall::io
