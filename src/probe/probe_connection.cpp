#include "probe/probe_connection.hpp"

#include <fmt/format.h>

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include "health/certificate.hpp"
#include "io/clock.hpp"
#include "probe/certificates.hpp"
#include "probe/probes.hpp"

namespace rollcall::probe {

ProbeConnection::ProbeConnection(const asio::any_io_executor& executor, io::Deadline& deadline)
    : deadline_(deadline),
      socket_(executor, kProbeBudget),
      closes_(deadline, [this] { socket_.close(); }) {}

std::string failure_words(std::string_view step, const ErrorCode& error) {
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return fmt::format("{}: connection closed", step);
  }
  return fmt::format("{}: {}", step, error.message());
}

std::unexpected<Error> ProbeConnection::failed(std::string_view step, const ErrorCode& error,
                                               Step when) {
  if (socket_.is_spent()) return fail(fmt::format("{}: too much data", step));
  if (fault_of(when, error) == Fault::own_host) {
    unasked_ = probe::unasked(fmt::format("{} to {}", step, target_.to_string()), error);
    return fail(unasked_->reason);
  }
  return fail(failure_words(step, error));
}

asio::awaitable<Result<void>> ProbeConnection::connect(Endpoint target) {
  deadline_.waits_for("connect");
  target_ = target;
  const io::Connected connected = co_await io::connect(socket_.next_layer(), target);
  refused_ = connected.error == asio::error::connection_refused;
  if (connected.error) co_return failed("connect", connected.error, connected.step);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> ProbeConnection::start_tls(
    std::shared_ptr<asio::ssl::context> context, std::string host) {
  deadline_.waits_for("TLS");
  context_ = std::move(context);
  tls_.emplace(socket_, *context_);
  if (!name_peer(tls_->native_handle(), host)) {
    co_return fail(fmt::format("TLS: \"{}\" is not a host name", host));
  }
  // Without verification, OpenSSL still examines the certificate; its findings must not become a
  // reason.
  if (SSL_get_verify_mode(tls_->native_handle()) != SSL_VERIFY_NONE) {
    tls_->set_verify_callback([this, host](bool good, asio::ssl::verify_context& at) {
      if (!good) certificate_problem_ = certificate_problem(at.native_handle(), host);
      return good;
    });
  }
  const auto [error] = co_await tls_->async_handshake(TlsStream::client, as_value);
  if (error && !certificate_problem_.empty()) co_return fail(certificate_problem_);
  if (error) co_return failed("TLS", error, Step::later);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> ProbeConnection::send(std::string text) {
  deadline_.waits_for("send");
  ErrorCode error;
  if (tls_) {
    std::tie(error, std::ignore) = co_await asio::async_write(*tls_, asio::buffer(text), as_value);
  } else {
    std::tie(error, std::ignore) =
        co_await asio::async_write(socket_, asio::buffer(text), as_value);
  }
  if (error) co_return failed("send", error, Step::later);
  co_return Result<void>{};
}

asio::awaitable<Result<std::size_t>> ProbeConnection::receive(std::span<char> into) {
  deadline_.waits_for("reply");
  const auto buffer = asio::buffer(into.data(), into.size());
  ErrorCode error;
  std::size_t size = 0;
  if (tls_) {
    std::tie(error, size) = co_await tls_->async_read_some(buffer, as_value);
  } else {
    std::tie(error, size) = co_await socket_.async_read_some(buffer, as_value);
  }
  // Many servers close without a TLS close_notify; the protocol itself tells where a reply ends.
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) co_return 0;
  if (error) co_return failed("reply", error, Step::later);
  co_return size;
}

std::optional<std::string> ProbeConnection::expiry_warning(const health::TlsOptions& tls) {
  if (!tls_) return std::nullopt;
  const auto end = certificate_end(tls_->native_handle());
  if (!end) return std::nullopt;
  return health::expiry_warning(*end, io::wall_now(), tls.expires_within);
}

}  // namespace rollcall::probe
