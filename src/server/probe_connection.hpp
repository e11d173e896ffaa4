/// The connection of one probe: TCP, and TLS over it where the check wants it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "health/check.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// What went wrong, in words for people.
/// @param timeout of the whole probe, which beast's timeout error tells of
std::string failure_words(std::string_view step, const ErrorCode& error, Duration timeout);

/// Every await ends when `timeout` has passed since construction; failures are in words for people.
class ProbeConnection {
 public:
  ProbeConnection(asio::any_io_executor executor, Duration timeout);

  asio::awaitable<Result<void>> connect(Endpoint target);

  /// @param context outlives the handshake here
  /// @param host for SNI and the certificate's name; an address goes into the latter only
  asio::awaitable<Result<void>> start_tls(std::shared_ptr<asio::ssl::context> context,
                                          std::string host);

  asio::awaitable<Result<void>> send(std::string text);

  /// @return octets; 0 at the end of what the member says
  asio::awaitable<Result<std::size_t>> receive(std::span<char> into);

  bool refused() const noexcept { return refused_; }
  /// Our own host could not connect, for want of something.
  bool unasked() const noexcept { return unasked_; }

  /// The member's certificate is good, but not for much longer: the words for it.
  std::optional<std::string> expiry_warning(const health::TlsOptions& tls);

 private:
  using TlsStream = asio::ssl::stream<boost::beast::tcp_stream&>;

  std::unexpected<Error> failed(std::string_view step, const ErrorCode& error) const;

  Duration timeout_;
  bool refused_ = false;
  bool unasked_ = false;
  boost::beast::tcp_stream stream_;
  std::shared_ptr<asio::ssl::context> context_;
  std::string certificate_problem_;
  std::optional<TlsStream> tls_;
};

}  // namespace rollcall::server
