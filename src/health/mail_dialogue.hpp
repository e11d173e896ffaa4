/// The conversation with a mail server before and after a check's own steps: SMTP (RFC 5321; RFC
/// 3207), IMAP (RFC 9051; its section 6.2.1), POP3 (RFC 1939; RFC 2595 section 4).
///
/// In all three protocols the server speaks first, and a client must wait for the whole greeting:
/// Exim refuses one that does not, and Postfix's postscreen takes it for a spam bot.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "health/check.hpp"

namespace rollcall::health {

/// The protocol that is usual at a port.
/// @param tls from the first octet on
MailProtocol mail_protocol_at(std::uint16_t port, bool tls) noexcept;

/// The usual port of a protocol; 0 for none.
std::uint16_t mail_port(MailProtocol protocol, bool tls) noexcept;

/// True where a step sends a line.
bool says_something(const TcpCheck& check) noexcept;

/// The protocol whose greeting a check must wait for. For a TCP check that sends something, its
/// port decides; where that is no mail port, the member's port.
MailProtocol greeting_of(const TcpCheck& check, std::uint16_t port,
                         std::uint16_t member_port) noexcept;

/// Driven like a Script.
class MailDialogue {
 public:
  enum class Part : std::uint8_t {
    wait,      // for the whole greeting, whatever it says
    greeting,  // waits for a good one
    starttls,  // greeting, and a request for TLS
    farewell   // EHLO (SMTP), and the end of the session
  };

  /// @param protocol not none
  MailDialogue(MailProtocol protocol, Part part) : protocol_(protocol), part_(part) {}

  enum class Next : std::uint8_t { send, receive, done, failed };

  /// The next action; after `done` of starttls, the TLS handshake begins.
  Next next();
  /// The command of the last Next::send, with CR and LF.
  std::string line() const;

  void received(std::string_view piece);
  void ended() noexcept { ended_ = true; }

  /// The reason of a failure, in words.
  const std::string& failure() const noexcept { return failure_; }
  /// The reason to report for an unfinished reply; empty where nothing was received.
  std::string pending() const;
  /// The greeting, and anything that arrived after it unasked.
  std::string greeting() const { return greeting_ + heard_; }

 private:
  std::optional<std::string> take_reply();
  Next judge(std::string_view reply);
  Next fail(std::string why);
  bool is_last(std::string_view line) const;

  MailProtocol protocol_;
  Part part_;
  std::size_t exchange_ = 0;  // index into the part's exchanges
  bool asked_ = false;        // the command of this exchange is sent, if it has one
  std::string heard_;
  std::string greeting_;
  bool ended_ = false;
  std::string failure_;
};

}  // namespace rollcall::health
