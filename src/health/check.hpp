/// The definition of a check, and the outcome of one probe.
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

/// One step of a conversation: a line to send (as configured; CR and LF are added), or a text to
/// wait for.
struct ScriptStep {
  enum class Kind : std::uint8_t { send, expect };
  Kind kind = Kind::send;
  TextPattern text;

  bool operator==(const ScriptStep&) const = default;
};

/// How the member's certificate is verified. Its name must be CheckSpec::host, or the pool's.
struct TlsOptions {
  bool verify = true;
  std::string ca_file;                                // PEM; empty: the system's issuers
  Duration expires_within = std::chrono::hours(168);  // less left means degraded; 0: never

  bool operator==(const TlsOptions&) const = default;
};

/// A protocol in which the server speaks first (RFC 5321 section 3.1, RFC 9051 section 7.1.1, RFC
/// 1939 section 4).
enum class MailProtocol : std::uint8_t { none, smtp, imap, pop3 };

/// A TCP check: connect, start TLS where configured, play the steps. Without steps the connection
/// is enough.
struct TcpCheck {
  std::vector<ScriptStep> steps;
  MailProtocol starttls = MailProtocol::none;  // the protocol in which TLS is started
  std::optional<TlsOptions> tls;               // from the first octet on, or after starttls
  MailProtocol mail = MailProtocol::none;      // the check's type: it reads the greeting and quits
  TextPattern reject;                          // what the member must not send

  bool operator==(const TcpCheck&) const = default;
};

struct StatusRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;  // included

  bool operator==(const StatusRange&) const = default;
};

/// An HTTP/1.1 check. A good reply has a status in one of the ranges and, in the first
/// kMaxReplySearched octets of the body, the expected text and not the rejected one. Redirects are
/// not followed.
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

/// A question over UDP. A good reply has the expected code, a record of the answer with the
/// expected text, and no record with the rejected one.
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
  // Where no reply comes from a host on a link of ours, the kernel's neighbour table decides: a
  // host may filter pings and live.
  bool asks_neighbours = false;

  bool operator==(const IcmpCheck&) const = default;
};

/// A program whose exit status is the member's state, as that of a Nagios plugin.
struct ExecCheck {
  std::vector<std::string> command;  // its path and arguments; there is no shell

  bool operator==(const ExecCheck&) const = default;
};

/// The state reported by an agent on the member, as HAProxy's agent-check reads it.
struct AgentCheck {
  std::string send;  // without a line end; empty: nothing is sent

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
  bool tripwire = false;   // a connection or watch is held, whose end starts a probe
  bool fall_fast = false;  // a refused probe is then final
  std::string host = {};   // HTTP's Host, SNI, the certificate's name; empty: the pool's name

  bool operator==(const CheckSpec&) const = default;
};

/// Whether the outcomes of both checks mean the same.
inline bool asks_the_same(const CheckSpec& a, const CheckSpec& b) noexcept {
  return a.how == b.how && a.port == b.port && a.host == b.host;
}

/// True where a probe sends or verifies the name of a host: in HTTP, and in a certificate.
inline bool needs_host(const CheckSpec& check) noexcept {
  if (std::holds_alternative<HttpCheck>(check.how)) return true;
  const auto* tcp = std::get_if<TcpCheck>(&check.how);
  return tcp != nullptr && tcp->tls.has_value();
}

/// True where a probe uses a host's name: it sends or verifies it, passes it to a program, or looks
/// it up in a file.
inline bool uses_host(const CheckSpec& check) noexcept {
  return needs_host(check) || std::holds_alternative<ExecCheck>(check.how) ||
         std::holds_alternative<FileCheck>(check.how);
}

/// True where a tripwire includes an idle connection to the member: the check is probed by a
/// connection too, and servers do not close it at once.
inline bool holds_connection(const CheckSpec& check) noexcept {
  return std::holds_alternative<TcpCheck>(check.how) ||
         std::holds_alternative<HttpCheck>(check.how);
}

/// The result of one probe.
struct Outcome {
  bool good = false;
  std::string reason;      // of a bad or degraded one: "timed out after 3s", "status 503"
  bool degraded = false;   // good, with a warning: the member is answered as before
  bool withdrawn = false;  // bad because the member asks for it (drain, maint)
  std::optional<std::uint8_t> percent;  // of its weight that the member asks for, 0 to 100
  bool refused = false;                 // bad because the port is closed
  bool silent = false;                  // bad, and the member itself has sent nothing
  bool unknown = false;                 // our own host could not probe: no result
  bool scarce = false;                  // the same, for lack of descriptors, memory or processes
  bool yields = false;  // counts as bad only while health is unknown; never overturns a verdict

  bool operator==(const Outcome&) const = default;
};

}  // namespace rollcall::health
