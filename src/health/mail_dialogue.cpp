#include "health/mail_dialogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "core/letters.hpp"
#include "health/reply.hpp"

namespace rollcall::health {
namespace {

struct Exchange {
  std::string_view command;    // empty: the server speaks first
  std::string_view good;       // the beginning of the last line of a good reply
  std::string_view also = {};  // another good one
};
using Exchanges = std::span<const Exchange>;

constexpr Exchange kEhlo{"EHLO rollcall.invalid", "250"};

constexpr Exchange kWait[] = {{"", ""}};
constexpr Exchange kSmtpGreeting[] = {{"", "220"}};
constexpr Exchange kSmtpTls[] = {{"", "220"}, kEhlo, {"STARTTLS", "220"}};
constexpr Exchange kSmtpFarewell[] = {kEhlo, {"QUIT", "221"}};

// RFC 9051 section 7.1.4: the greeting of a server that has authenticated the client already.
constexpr Exchange kImapGreeting[] = {{"", "* OK", "* PREAUTH"}};
constexpr Exchange kImapTls[] = {{"", "* OK"}, {"a STARTTLS", "a OK"}};
constexpr Exchange kImapFarewell[] = {{"a LOGOUT", "a OK"}};

constexpr Exchange kPop3Greeting[] = {{"", "+OK"}};
constexpr Exchange kPop3Tls[] = {{"", "+OK"}, {"STLS", "+OK"}};
constexpr Exchange kPop3Farewell[] = {{"QUIT", "+OK"}};

// By protocol, then by part.
constexpr std::array<std::array<Exchanges, 4>, 3> kDialogues{
    {{kWait, kSmtpGreeting, kSmtpTls, kSmtpFarewell},
     {kWait, kImapGreeting, kImapTls, kImapFarewell},
     {kWait, kPop3Greeting, kPop3Tls, kPop3Farewell}}};

Exchanges exchanges_of(MailProtocol protocol, MailDialogue::Part part) {
  return kDialogues.at(static_cast<std::size_t>(protocol) - 1).at(static_cast<std::size_t>(part));
}

struct MailPort {
  std::uint16_t port;
  MailProtocol protocol;
  bool tls = false;
};
// The first port of a protocol is its usual one. RFC 8314 section 7.3: 465; RFC 6409 section 3.1:
// 587.
constexpr std::array<MailPort, 7> kPorts{{{25, MailProtocol::smtp},
                                          {587, MailProtocol::smtp},
                                          {110, MailProtocol::pop3},
                                          {143, MailProtocol::imap},
                                          {465, MailProtocol::smtp, true},
                                          {995, MailProtocol::pop3, true},
                                          {993, MailProtocol::imap, true}}};

bool begins(std::string_view text, std::string_view with) {
  return same_letters(text.substr(0, with.size()), with);
}

/// RFC 5321 section 4.1.1.1: a keyword after the code, on a line of its own.
bool offers_starttls(std::string_view reply) {
  constexpr std::string_view kKeyword = "STARTTLS";
  for (std::size_t at = 0; at < reply.size();) {
    const std::size_t end = std::min(reply.find('\n', at), reply.size());
    std::string_view line = reply.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() == 4 + kKeyword.size() && begins(line.substr(4), kKeyword)) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

MailProtocol mail_protocol_at(std::uint16_t port, bool tls) noexcept {
  const auto found = std::ranges::find_if(
      kPorts, [&](const MailPort& known) { return known.port == port && known.tls == tls; });
  return found == kPorts.end() ? MailProtocol::none : found->protocol;
}

std::uint16_t mail_port(MailProtocol protocol, bool tls) noexcept {
  const auto found = std::ranges::find_if(kPorts, [&](const MailPort& known) {
    return known.protocol == protocol && known.tls == tls;
  });
  return found == kPorts.end() ? std::uint16_t{0} : found->port;
}

bool says_something(const TcpCheck& check) noexcept {
  return std::ranges::find(check.steps, ScriptStep::Kind::send, &ScriptStep::kind) !=
         check.steps.end();
}

MailProtocol greeting_of(const TcpCheck& check, std::uint16_t port,
                         std::uint16_t member_port) noexcept {
  if (check.mail != MailProtocol::none) return check.mail;
  if (!says_something(check) || check.starttls != MailProtocol::none) return MailProtocol::none;
  const MailProtocol own = mail_protocol_at(port, check.tls.has_value());
  return own != MailProtocol::none ? own : mail_protocol_at(member_port, check.tls.has_value());
}

MailDialogue::Next MailDialogue::next() {
  if (!failure_.empty()) return Next::failed;
  const Exchanges exchanges = exchanges_of(protocol_, part_);
  if (exchange_ == exchanges.size()) return Next::done;
  if (!asked_) {
    asked_ = true;
    if (!exchanges[exchange_].command.empty()) return Next::send;
  }
  if (const auto reply = take_reply()) return judge(*reply);
  if (heard_.size() >= kMaxReplySearched) return fail("no complete reply within 8 KiB");
  if (!ended_) return Next::receive;
  return fail(heard_.empty() ? "connection closed" : "connection closed within a reply");
}

std::string MailDialogue::line() const {
  return std::string(exchanges_of(protocol_, part_)[exchange_].command) + "\r\n";
}

void MailDialogue::received(std::string_view piece) {
  heard_.append(piece.substr(0, kMaxReplySearched - heard_.size()));
}

std::string MailDialogue::pending() const {
  if (heard_.empty()) return {};
  if (part_ == Part::wait) return fmt::format("incomplete greeting: \"{}\"", reply_excerpt(heard_));
  return unexpected(std::string(exchanges_of(protocol_, part_)[exchange_].good), heard_);
}

/// True for the last line of a reply.
bool MailDialogue::is_last(std::string_view line) const {
  // RFC 5321 section 4.2.1: a hyphen after the code says that more lines follow.
  if (protocol_ == MailProtocol::smtp) return line.size() < 4 || line[3] != '-';
  // RFC 9051 section 2.2.2: untagged lines may come before the one with our tag.
  if (protocol_ != MailProtocol::imap) return true;
  return exchanges_of(protocol_, part_)[exchange_].command.empty() || begins(line, "a ");
}

/// Takes the next complete reply from the received text.
std::optional<std::string> MailDialogue::take_reply() {
  for (std::size_t at = 0;;) {
    const std::size_t end = heard_.find('\n', at);
    if (end == std::string::npos) return std::nullopt;
    if (is_last(std::string_view(heard_).substr(at, end - at))) {
      std::string reply = heard_.substr(0, end + 1);
      heard_.erase(0, end + 1);
      return reply;
    }
    at = end + 1;
  }
}

MailDialogue::Next MailDialogue::judge(std::string_view reply) {
  const Exchanges exchanges = exchanges_of(protocol_, part_);
  const Exchange& exchange = exchanges[exchange_];
  const std::string_view lines = reply.substr(0, reply.size() - 1);
  const std::string_view last = lines.substr(lines.rfind('\n') + 1);  // npos + 1 is 0
  const bool good =
      begins(last, exchange.good) || (!exchange.also.empty() && begins(last, exchange.also));
  if (!good) return fail(unexpected(std::string(exchange.good), last));
  if (part_ == Part::starttls && exchange.command == kEhlo.command && !offers_starttls(reply)) {
    return fail("STARTTLS is not offered");
  }
  if (exchange.command.empty()) greeting_ = reply;
  ++exchange_;
  asked_ = false;
  // RFC 3207 section 6: text after the reply, before TLS, cannot be trusted.
  if (part_ == Part::starttls && exchange_ == exchanges.size() && !heard_.empty()) {
    return fail("unexpected data after the reply, before TLS");
  }
  return next();
}

MailDialogue::Next MailDialogue::fail(std::string why) {
  failure_ = std::move(why);
  return Next::failed;
}

}  // namespace rollcall::health
