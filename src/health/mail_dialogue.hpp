/// What is said to a mail server before and after a check's own steps: SMTP (RFC 5321; RFC 3207),
/// IMAP (RFC 9051; its section 6.2.1), POP3 (RFC 1939; RFC 2595 section 4).
///
/// In all three the server speaks first, and a client that does not wait for the whole greeting is
/// at fault: Exim refuses it, Postfix's postscreen takes it for a spam bot.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "health/check.hpp"

namespace rollcall::health {

/// The protocol that is spoken at a port by custom.
/// @param tls from the first octet on
MailProtocol mail_protocol_at(std::uint16_t port, bool tls) noexcept;

/// The usual port of a protocol; 0 of none.
std::uint16_t mail_port(MailProtocol protocol, bool tls) noexcept;

/// True where a step writes a line.
bool says_something(const TcpCheck& check) noexcept;

/// In which protocol a check is greeted before it may speak. Of a TCP check that says something
/// this is told by its port, or by that of the member.
MailProtocol greeting_of(const TcpCheck& check, std::uint16_t port,
                         std::uint16_t member_port) noexcept;

/// Driven like a Script.
class MailDialogue {
 public:
  enum class Part : std::uint8_t {
    wait,      // for the whole greeting, whatever it says
    greeting,  // which must be a good one
    starttls,  // greeting, and a request for TLS
    farewell   // who we are (SMTP), and the end of the session
  };

  /// @param protocol not none
  MailDialogue(MailProtocol protocol, Part part) : protocol_(protocol), part_(part) {}

  enum class Next : std::uint8_t { send, receive, done, failed };

  /// What is to be done now; `done` of starttls: the TLS handshake begins.
  Next next();
  /// The command of the last Next::send, with CR and LF.
  std::string line() const;

  void received(std::string_view piece);
  void ended() noexcept { ended_ = true; }

  /// Why it failed, in words.
  const std::string& failure() const noexcept { return failure_; }
  /// What an unfinished reply says so far; empty where nothing was said.
  std::string pending() const;
  /// The greeting, and what came behind it unasked.
  std::string greeting() const { return greeting_ + heard_; }

 private:
  std::optional<std::string> take_reply();
  Next judge(std::string_view reply);
  Next fail(std::string why);
  bool is_last(std::string_view line) const;

  MailProtocol protocol_;
  Part part_;
  std::size_t exchange_ = 0;  // of those of the part
  bool asked_ = false;        // the command of this exchange is sent, if it has one
  std::string heard_;
  std::string greeting_;
  bool ended_ = false;
  std::string failure_;
};

}  // namespace rollcall::health
