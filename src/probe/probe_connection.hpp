/// The connection of one probe: TCP, with TLS if the check asks for it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "health/check.hpp"
#include "io/async.hpp"
#include "io/connecting.hpp"
#include "io/deadline.hpp"
#include "io/metered_socket.hpp"

namespace rollcall::probe {

/// How much a member may send in one probe: headers of 128 KiB and the 8 KiB of a body that are
/// searched, in chunks of one octet, under TLS, and as much again.
inline constexpr io::Budget kProbeBudget{.octets = 256UL * 1024, .pieces = 8192};

/// The error as a message for people.
std::string failure_words(std::string_view step, const ErrorCode& error);

/// The probe's deadline ends every await here; errors are messages for people.
class ProbeConnection {
 public:
  ProbeConnection(const asio::any_io_executor& executor, io::Deadline& deadline);

  asio::awaitable<Result<void>> connect(Endpoint target);

  /// @param context outlives the handshake here
  /// @param host the name for SNI and for the certificate; an address is not sent as SNI
  asio::awaitable<Result<void>> start_tls(std::shared_ptr<asio::ssl::context> context,
                                          std::string host);

  asio::awaitable<Result<void>> send(std::string text);

  /// @return octets; 0 when the member has closed its side
  asio::awaitable<Result<std::size_t>> receive(std::span<char> into);

  io::Deadline& deadline() noexcept { return deadline_; }

  bool refused() const noexcept { return refused_; }
  /// The outcome if our own host could not ask the member.
  const std::optional<health::Outcome>& unasked() const noexcept { return unasked_; }

  /// A warning if the member's certificate is valid but expires soon.
  std::optional<std::string> expiry_warning(const health::TlsOptions& tls);

 private:
  using TlsStream = asio::ssl::stream<io::MeteredSocket&>;

  std::unexpected<Error> failed(std::string_view step, const ErrorCode& error, Step when);

  io::Deadline& deadline_;
  bool refused_ = false;
  std::optional<health::Outcome> unasked_;
  Endpoint target_;
  io::MeteredSocket socket_;
  io::Deadline::Closes closes_;
  std::shared_ptr<asio::ssl::context> context_;
  std::string certificate_problem_;
  std::optional<TlsStream> tls_;
};

}  // namespace rollcall::probe
