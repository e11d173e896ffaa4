/// What a check is, and what one probe of it said.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/instant.hpp"
#include "health/text_pattern.hpp"

namespace rollcall::health {

/// One step of a conversation: a line to write (as it was written; CR and LF are added), or a text
/// to wait for.
struct ScriptStep {
  enum class Kind : std::uint8_t { send, expect };
  Kind kind = Kind::send;
  TextPattern text;

  bool operator==(const ScriptStep&) const = default;
};

/// How the member's certificate is looked at. Its name is CheckSpec::host, else the pool's.
struct TlsOptions {
  bool verify = true;
  std::string ca_file;                                // PEM; empty: whom this machine trusts
  Duration expires_within = std::chrono::hours(168);  // what is left of a degraded one; 0: never

  bool operator==(const TlsOptions&) const = default;
};

/// A protocol in which the server speaks first (RFC 5321 section 3.1, RFC 9051 section 7.1.1, RFC
/// 1939 section 4).
enum class MailProtocol : std::uint8_t { none, smtp, imap, pop3 };

/// A TCP check: connect, begin TLS where it is wanted, play the steps. No steps: the connection is
/// enough.
struct TcpCheck {
  std::vector<ScriptStep> steps;
  MailProtocol starttls = MailProtocol::none;  // in which TLS is asked for
  std::optional<TlsOptions> tls;               // from the first octet on, or behind starttls
  MailProtocol mail = MailProtocol::none;      // the check is of this type: it greets and says QUIT
  TextPattern reject;                          // what the member must not say

  bool operator==(const TcpCheck&) const = default;
};

struct StatusRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;  // this one too

  bool operator==(const StatusRange&) const = default;
};

/// An HTTP/1.1 check. Success is a status in one of the ranges and, in the first kMaxReplySearched
/// octets of the body, what is expected and nothing of what is rejected. Redirects are not
/// followed.
struct HttpCheck {
  std::string path = "/";
  TextPattern expect;  // empty: the status alone decides
  TextPattern reject;
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<StatusRange> expect_status{{200, 399}};
  std::optional<TlsOptions> tls;

  bool operator==(const HttpCheck&) const = default;
};

/// A question over UDP. Success is the code, a record of the answer with what is expected, and no
/// record with what is rejected.
struct DnsCheck {
  std::string query;       // a domain name in presentation format
  std::uint16_t type = 1;  // A
  std::uint16_t rcode = 0;
  TextPattern expect;
  TextPattern reject;

  bool operator==(const DnsCheck&) const = default;
};

/// An echo request (RFC 792, RFC 4443 section 4.1).
struct IcmpCheck {
  bool operator==(const IcmpCheck&) const = default;
};

/// A program whose exit status says how the member is, as those of Nagios do.
struct ExecCheck {
  std::vector<std::string> command;  // its path and arguments; there is no shell

  bool operator==(const ExecCheck&) const = default;
};

/// The text of an agent on the member, as HAProxy's agent-check reads it.
struct AgentCheck {
  std::string send;  // without the line's end; empty: nothing is sent

  bool operator==(const AgentCheck&) const = default;
};

/// A file of members and their states that another program writes.
struct FileCheck {
  std::string file;
  bool missing_is_up = true;  // the state of a member that the file does not name

  bool operator==(const FileCheck&) const = default;
};

/// The definition: how to find out whether a member serves.
struct CheckSpec {
  std::string name;
  std::uint16_t port = 0;
  std::variant<TcpCheck, HttpCheck, DnsCheck, IcmpCheck, ExecCheck, AgentCheck, FileCheck> how;
  Duration interval = std::chrono::seconds(10);
  Duration fast_interval = std::chrono::seconds(2);  // while the state is in doubt
  Duration timeout = std::chrono::seconds(3);        // of a whole probe; less than the interval
  std::uint16_t rise = 2;                            // good probes in a row that turn a member up
  std::uint16_t fall = 3;                            // bad probes in a row that turn it down
  double jitter = 0.05;                              // share of the interval
  bool tripwire = false;   // something is held to the member whose end starts a probe
  bool fall_fast = false;  // what is refused then is final
  std::string host = {};   // HTTP's Host, SNI, the certificate's name; empty: the pool's name

  bool operator==(const CheckSpec&) const = default;
};

/// Whether an outcome of the one says what an outcome of the other would.
inline bool asks_the_same(const CheckSpec& a, const CheckSpec& b) noexcept {
  return a.how == b.how && a.port == b.port && a.host == b.host;
}

/// True where the member is asked for a host by name: in HTTP, and in its certificate.
inline bool needs_host(const CheckSpec& check) noexcept {
  if (std::holds_alternative<HttpCheck>(check.how)) return true;
  const auto* tcp = std::get_if<TcpCheck>(&check.how);
  return tcp != nullptr && tcp->tls.has_value();
}

/// True where a probe makes use of a host's name: it asks for it, or tells a program, or looks for
/// it in a file.
inline bool uses_host(const CheckSpec& check) noexcept {
  return needs_host(check) || std::holds_alternative<ExecCheck>(check.how) ||
         std::holds_alternative<FileCheck>(check.how);
}

/// True where a tripwire is an idle connection to the member, beside what its agent says: this is
/// how the member is probed too, and it does not end by itself at once.
inline bool holds_connection(const CheckSpec& check) noexcept {
  return std::holds_alternative<TcpCheck>(check.how) ||
         std::holds_alternative<HttpCheck>(check.how);
}

/// What one probe said.
struct Outcome {
  bool good = false;
  std::string reason;      // of a bad or degraded one: "timed out after 3s", "status 503"
  bool degraded = false;   // good, and somebody should look: it is answered all the same
  bool withdrawn = false;  // bad because the member asks for it (drain, maint)
  std::optional<std::uint8_t> percent;  // of its weight that the member wants, 0 to 100
  bool refused = false;                 // bad because nobody listens there
  bool silent = false;                  // bad, and the member itself has said nothing
  bool unknown = false;                 // nothing was found out: our own host could not ask
  bool scarce = false;                  // the same, for want of descriptors, memory or processes
  bool yields = false;  // bad only where nothing is known: a verdict that stands outlives it

  bool operator==(const Outcome&) const = default;
};

}  // namespace rollcall::health
