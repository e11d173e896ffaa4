/// The octets of one connection, with TLS or without. Nothing here waits but what is awaited.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "io/async.hpp"
#include "transport/tls_context.hpp"

namespace rollcall::transport {

/// What a call has moved; with no octets and not at its end, the peer has to be waited for.
struct Moved {
  std::size_t octets = 0;
  bool ended = false;  // the stream cannot be used any more
};

/// One thread.
class TcpStream {
 public:
  /// @param tls null: plain TCP
  TcpStream(asio::ip::tcp::socket socket, TlsContextPtr tls);
  /// Tells a TLS peer that nothing more comes (RFC 8446 section 6.1), if it takes that at once.
  ~TcpStream();
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  /// The handshake, whose time the caller limits by cancel(). @return false: there is none
  asio::awaitable<bool> open();

  /// @param into not empty
  Moved read(MutableBytes into);
  /// Octets that were not taken must come again at the front of the next call.
  Moved write(Bytes octets);

  /// Waits until read() may have something. @return false where the wait was cancelled
  asio::awaitable<bool> readable();
  /// The same for write().
  asio::awaitable<bool> writable();
  /// Ends the wait under way.
  void cancel() noexcept;

  asio::any_io_executor executor() { return socket_.get_executor(); }
  bool is_tls() const noexcept { return ssl_ != nullptr; }
  /// The least that transfers may have (RFC 9103 section 8.2).
  bool is_tls_1_3() const noexcept { return ssl_ && SSL_version(ssl_.get()) >= TLS1_3_VERSION; }
  /// The dNSNames of the client's certificate, which was verified; none without one.
  std::vector<std::string> client_names() const;

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  using Wait = asio::ip::tcp::socket::wait_type;

  Moved moved(int result);

  asio::ip::tcp::socket socket_;
  TlsContextPtr tls_;
  std::unique_ptr<SSL, Free> ssl_;
  Wait wanted_ = asio::ip::tcp::socket::wait_read;  // by TLS, whatever the caller does
  bool drained_ = true;                             // no octets wait in the SSL object
};

}  // namespace rollcall::transport
