/// The words before TLS begins: SMTP (RFC 3207), IMAP (RFC 9051 section 6.2.1), POP3 (RFC 2595
/// section 4).
#pragma once

#include <string>
#include <string_view>

#include "health/check.hpp"

namespace rollcall::health {

/// Asks a server for TLS. Driven like a Script.
class StartTlsRequest {
 public:
  /// @param protocol not none
  explicit StartTlsRequest(StartTls protocol) : protocol_(protocol) {}

  enum class Next : std::uint8_t { send, receive, done, failed };

  /// What is to be done now; `done`: the TLS handshake begins.
  Next next();
  /// The command of the last Next::send, with CR and LF.
  std::string line() const;

  void received(std::string_view piece);
  void ended() noexcept { ended_ = true; }

  /// Why it failed, in words.
  const std::string& failure() const noexcept { return failure_; }
  /// What an unfinished reply says so far; empty where nothing was said.
  std::string pending() const;

 private:
  std::optional<std::string> take_reply();
  Next judge(std::string_view reply);
  Next fail(std::string why);

  StartTls protocol_;
  std::size_t exchange_ = 0;  // of those of the protocol; 0 is the greeting
  bool waiting_ = true;       // for the reply of this exchange
  std::string heard_;
  bool ended_ = false;
  std::string failure_;
};

}  // namespace rollcall::health
