#include "health/starttls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <span>

#include "health/reply.hpp"

namespace rollcall::health {
namespace {

struct Exchange {
  std::string_view command;  // empty: the server speaks first
  std::string_view good;     // how the last line of the reply begins
};

constexpr Exchange kSmtp[] = {{"", "220"}, {"EHLO rollcall.invalid", "250"}, {"STARTTLS", "220"}};
constexpr Exchange kImap[] = {{"", "* OK"}, {"a STARTTLS", "a OK"}};
constexpr Exchange kPop3[] = {{"", "+OK"}, {"STLS", "+OK"}};

std::span<const Exchange> exchanges_of(StartTls protocol) {
  switch (protocol) {
    case StartTls::smtp:
      return kSmtp;
    case StartTls::imap:
      return kImap;
    default:
      return kPop3;
  }
}

bool same_letter(char a, char b) {
  return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
}

bool begins(std::string_view text, std::string_view with) {
  return text.size() >= with.size() &&
         std::ranges::equal(text.substr(0, with.size()), with, same_letter);
}

/// True for the last line of a reply.
bool is_last(StartTls protocol, std::size_t exchange, std::string_view line) {
  // RFC 5321 section 4.2.1: a hyphen behind the code says that more lines follow.
  if (protocol == StartTls::smtp) return line.size() < 4 || line[3] != '-';
  // RFC 9051 section 2.2.2: untagged lines may come before the one with our tag.
  if (protocol == StartTls::imap) return exchange == 0 || begins(line, "a ");
  return true;
}

/// RFC 5321 section 4.1.1.1: a keyword behind the code of its own line.
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

StartTlsRequest::Next StartTlsRequest::next() {
  if (!failure_.empty()) return Next::failed;
  const std::span<const Exchange> exchanges = exchanges_of(protocol_);
  if (exchange_ == exchanges.size()) return Next::done;
  if (!waiting_) {
    waiting_ = true;
    return Next::send;
  }
  if (const auto reply = take_reply()) return judge(*reply);
  if (heard_.size() >= kMaxReplySearched) return fail("its reply has no end");
  if (!ended_) return Next::receive;
  return fail(heard_.empty() ? "the connection was closed"
                             : "the connection was closed in a reply");
}

std::string StartTlsRequest::line() const {
  return std::string(exchanges_of(protocol_)[exchange_].command) + "\r\n";
}

void StartTlsRequest::received(std::string_view piece) {
  heard_.append(piece.substr(0, kMaxReplySearched - heard_.size()));
}

std::string StartTlsRequest::pending() const {
  if (heard_.empty()) return {};
  return unexpected(exchanges_of(protocol_)[exchange_].good, heard_);
}

/// The next complete reply, taken out of what was heard.
std::optional<std::string> StartTlsRequest::take_reply() {
  for (std::size_t at = 0;;) {
    const std::size_t end = heard_.find('\n', at);
    if (end == std::string::npos) return std::nullopt;
    if (is_last(protocol_, exchange_, std::string_view(heard_).substr(at, end - at))) {
      std::string reply = heard_.substr(0, end + 1);
      heard_.erase(0, end + 1);
      return reply;
    }
    at = end + 1;
  }
}

StartTlsRequest::Next StartTlsRequest::judge(std::string_view reply) {
  const std::span<const Exchange> exchanges = exchanges_of(protocol_);
  const std::string_view lines = reply.substr(0, reply.size() - 1);
  const std::string_view last = lines.substr(lines.rfind('\n') + 1);  // npos + 1 is 0
  if (!begins(last, exchanges[exchange_].good)) {
    return fail(unexpected(exchanges[exchange_].good, last));
  }
  if (protocol_ == StartTls::smtp && exchange_ == 1 && !offers_starttls(reply)) {
    return fail("STARTTLS is not offered");
  }
  ++exchange_;
  if (exchange_ < exchanges.size()) {
    waiting_ = false;
  } else if (!heard_.empty()) {
    // RFC 3207 section 6: what came in the clear behind the reply is not the server's word.
    return fail("more than the reply came before TLS");
  }
  return next();
}

StartTlsRequest::Next StartTlsRequest::fail(std::string why) {
  failure_ = std::move(why);
  return Next::failed;
}

}  // namespace rollcall::health
