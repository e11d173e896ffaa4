#include "transport/tcp_stream.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>

namespace rollcall::transport {

using asio::ip::tcp;

namespace {

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

}  // namespace

TcpStream::TcpStream(tcp::socket socket, TlsContextPtr tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
}

TcpStream::~TcpStream() {
  if (!ssl_) return;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

asio::awaitable<bool> TcpStream::open() {
  if (!tls_) co_return true;
  ERR_clear_error();
  ssl_.reset(SSL_new(tls_->native()));
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) co_return false;
  for (;;) {
    const Moved step = moved(SSL_accept(ssl_.get()));
    if (step.ended) co_return false;
    if (step.octets != 0) break;
    const auto [error] = co_await socket_.async_wait(wanted_, as_value);
    if (error) co_return false;
  }
  drained_ = false;  // a query may have come with the end of the handshake
  co_return true;
}

/// @param result of SSL_accept, SSL_read or SSL_write
Moved TcpStream::moved(int result) {
  if (result > 0) return {.octets = static_cast<std::size_t>(result)};
  const int why = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return {.ended = true};
  wanted_ = why == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write;
  return {};
}

Moved TcpStream::read(MutableBytes into) {
  if (ssl_) {
    const int most = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
    const Moved got = moved(SSL_read(ssl_.get(), into.data(), most));
    drained_ = got.octets == 0;
    return got;
  }
  ErrorCode error;
  const std::size_t count = socket_.read_some(asio::buffer(into.data(), into.size()), error);
  return {.octets = count, .ended = error && error != asio::error::would_block};
}

Moved TcpStream::write(Bytes octets) {
  if (!ssl_) {
    ErrorCode error;
    const std::size_t count = socket_.write_some(asio::buffer(octets.data(), octets.size()), error);
    return {.octets = count, .ended = error && error != asio::error::would_block};
  }
  Moved all;
  while (all.octets < octets.size()) {  // a record at a time
    const Bytes rest = octets.subspan(all.octets);
    const int most = static_cast<int>(std::min<std::size_t>(rest.size(), INT_MAX));
    const Moved step = moved(SSL_write(ssl_.get(), rest.data(), most));
    if (step.octets == 0) {
      all.ended = step.ended;
      break;
    }
    all.octets += step.octets;
  }
  return all;
}

asio::awaitable<bool> TcpStream::readable() {
  if (ssl_ && !drained_ && SSL_has_pending(ssl_.get()) == 1) co_return true;
  const Wait what = ssl_ ? wanted_ : tcp::socket::wait_read;
  const auto [error] = co_await socket_.async_wait(what, as_value);
  co_return !error;
}

asio::awaitable<bool> TcpStream::writable() {
  const Wait what = ssl_ ? wanted_ : tcp::socket::wait_write;
  const auto [error] = co_await socket_.async_wait(what, as_value);
  co_return !error;
}

void TcpStream::cancel() noexcept {
  ErrorCode ignored;
  socket_.cancel(ignored);
}

std::vector<std::string> TcpStream::client_names() const {
  std::vector<std::string> found;
  if (!ssl_ || SSL_get_verify_result(ssl_.get()) != X509_V_OK) return found;
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return found;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    found.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                       static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
  }
  return found;
}

}  // namespace rollcall::transport
