#include "io/metered_socket.hpp"

#include <gtest/gtest.h>

#include <boost/asio/write.hpp>

#include "real_process.hpp"

namespace rollcall::io {
namespace {

using asio::ip::tcp;

/// Reads octet by octet, or in larger pieces, what a peer has written.
class MeteredSocketTest : public testing::Test {
 protected:
  /// @return the octets that were read before a read failed
  std::size_t heard(Budget budget, std::size_t written, std::size_t piece) {
    tcp::acceptor acceptor(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    socket_.emplace(io_.get_executor(), budget);
    socket_->next_layer().connect(acceptor.local_endpoint());
    tcp::socket peer = acceptor.accept();
    asio::write(peer, asio::buffer(std::string(written, 'x')));
    peer.close();
    const auto all = [this, piece]() -> asio::awaitable<std::size_t> {
      std::string into(piece, ' ');
      std::size_t total = 0;
      while (true) {
        const auto [error, size] = co_await socket_->async_read_some(asio::buffer(into), as_value);
        error_ = error;
        if (error) co_return total;
        total += size;
      }
    };
    return run_on(io_, all());
  }

  asio::io_context io_;
  std::optional<MeteredSocket> socket_;
  ErrorCode error_;
};

TEST_F(MeteredSocketTest, HearsWhatIsWithinItsBudget) {
  EXPECT_EQ(heard({.octets = 100, .pieces = 101}, 100, 1), 100U);
  EXPECT_EQ(error_, asio::error::eof);
  EXPECT_FALSE(socket_->is_spent());
}

TEST_F(MeteredSocketTest, FailsBehindItsOctets) {
  EXPECT_EQ(heard({.octets = 99, .pieces = 1000}, 100, 10), 90U);
  EXPECT_EQ(error_, asio::error::message_size);
  EXPECT_TRUE(socket_->is_spent());
}

TEST_F(MeteredSocketTest, FailsBehindItsPieces) {
  EXPECT_EQ(heard({.octets = 1000, .pieces = 50}, 100, 1), 50U);
  EXPECT_TRUE(socket_->is_spent());
}

}  // namespace
}  // namespace rollcall::io
