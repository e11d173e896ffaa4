/// The connection of one probe: TCP, and TLS over it where the check wants it.
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

/// What a member may say in one probe: headers of 128 KiB, the 8 KiB of a body that are searched,
/// in chunks of an octet each, TLS around them, and as much again.
inline constexpr io::Budget kProbeBudget{.octets = 256UL * 1024, .pieces = 8192};

/// What went wrong, in words for people.
std::string failure_words(std::string_view step, const ErrorCode& error);

/// The probe's deadline ends every await here; failures are in words for people.
class ProbeConnection {
 public:
  ProbeConnection(const asio::any_io_executor& executor, io::Deadline& deadline);

  asio::awaitable<Result<void>> connect(Endpoint target);

  /// @param context outlives the handshake here
  /// @param host for SNI and the certificate's name; an address goes into the latter only
  asio::awaitable<Result<void>> start_tls(std::shared_ptr<asio::ssl::context> context,
                                          std::string host);

  asio::awaitable<Result<void>> send(std::string text);

  /// @return octets; 0 at the end of what the member says
  asio::awaitable<Result<std::size_t>> receive(std::span<char> into);

  io::Deadline& deadline() noexcept { return deadline_; }

  bool refused() const noexcept { return refused_; }
  /// Our own host could not ask the member: the outcome then.
  const std::optional<health::Outcome>& unasked() const noexcept { return unasked_; }

  /// The member's certificate is good, but not for much longer: the words for it.
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
