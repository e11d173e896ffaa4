#include "server/probe_connection.hpp"

#include <fmt/format.h>

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include "health/certificate.hpp"
#include "server/certificates.hpp"
#include "server/clock.hpp"
#include "server/endpoints.hpp"
#include "server/shortage.hpp"

namespace rollcall::server {

namespace beast = boost::beast;

ProbeConnection::ProbeConnection(asio::any_io_executor executor, Duration timeout)
    : timeout_(timeout), stream_(std::move(executor)) {
  stream_.expires_after(timeout);
}

std::string failure_words(std::string_view step, const ErrorCode& error, Duration timeout) {
  if (error == beast::error::timeout) {
    return fmt::format("{}: timed out after {}", step, format_duration(timeout));
  }
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return fmt::format("{}: the connection was closed", step);
  }
  return fmt::format("{}: {}", step, error.message());
}

std::unexpected<Error> ProbeConnection::failed(std::string_view step,
                                               const ErrorCode& error) const {
  return fail(failure_words(step, error, timeout_));
}

asio::awaitable<Result<void>> ProbeConnection::connect(Endpoint target) {
  const auto [error] = co_await stream_.async_connect(to_tcp(target), as_value);
  refused_ = error == asio::error::connection_refused;
  if (is_shortage(error)) {
    unasked_ = true;
    co_return fail(error.message());
  }
  if (error) co_return failed("connect", error);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> ProbeConnection::start_tls(
    std::shared_ptr<asio::ssl::context> context, std::string host) {
  context_ = std::move(context);
  tls_.emplace(stream_, *context_);
  if (!name_peer(tls_->native_handle(), host)) {
    co_return fail(fmt::format("TLS: \"{}\" is no name of a host", host));
  }
  tls_->set_verify_callback([this, host](bool good, asio::ssl::verify_context& at) {
    if (!good) certificate_problem_ = certificate_problem(at.native_handle(), host);
    return good;
  });
  const auto [error] = co_await tls_->async_handshake(TlsStream::client, as_value);
  if (error && !certificate_problem_.empty()) co_return fail(certificate_problem_);
  if (error) co_return failed("TLS", error);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> ProbeConnection::send(std::string text) {
  ErrorCode error;
  if (tls_) {
    std::tie(error, std::ignore) = co_await asio::async_write(*tls_, asio::buffer(text), as_value);
  } else {
    std::tie(error, std::ignore) =
        co_await asio::async_write(stream_, asio::buffer(text), as_value);
  }
  if (error) co_return failed("send", error);
  co_return Result<void>{};
}

asio::awaitable<Result<std::size_t>> ProbeConnection::receive(std::span<char> into) {
  const auto buffer = asio::buffer(into.data(), into.size());
  ErrorCode error;
  std::size_t size = 0;
  if (tls_) {
    std::tie(error, size) = co_await tls_->async_read_some(buffer, as_value);
  } else {
    std::tie(error, size) = co_await stream_.async_read_some(buffer, as_value);
  }
  // Many servers end TLS without its goodbye; what a probe reads ends by its own rules.
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) co_return 0;
  if (error) co_return failed("reply", error);
  co_return size;
}

std::optional<std::string> ProbeConnection::expiry_warning(const health::TlsOptions& tls) {
  if (!tls_) return std::nullopt;
  const auto end = certificate_end(tls_->native_handle());
  if (!end) return std::nullopt;
  return health::expiry_warning(*end, wall_now(), tls.expires_within);
}

}  // namespace rollcall::server
