/// One probe of each type of check, a .cpp file each. They never throw but for cancellation; what
/// they return has a reason in words where it is bad or degraded. `request` outlives them.
#pragma once

#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "roster/event.hpp"
#include "server/async.hpp"
#include "server/certificates.hpp"
#include "server/deadline.hpp"
#include "server/probe_connection.hpp"
#include "server/state_files.hpp"

namespace rollcall::server {

using health::Outcome;

inline Outcome good() {
  return {.good = true, .reason = {}};
}
/// The probe came to nothing; a bad reply is another thing.
inline Outcome bad(std::string reason) {
  return {.good = false, .reason = std::move(reason), .silent = true};
}

/// Our own host could not ask (fault.hpp). @param what it tried: "connect to 192.0.2.1:80"
Outcome unasked(std::string_view what, const ErrorCode& error);
inline Outcome unasked(std::string_view what, int error) {
  return unasked(what, ErrorCode(error, boost::system::system_category()));
}

// The deadline ends each of them: it closes what they read from, and they are cancelled.
asio::awaitable<Outcome> probe_tcp(const roster::StartProbe& request, const TlsContexts& contexts,
                                   Deadline& deadline);
asio::awaitable<Outcome> probe_http(const roster::StartProbe& request, const TlsContexts& contexts,
                                    Deadline& deadline);
asio::awaitable<Outcome> probe_agent(const roster::StartProbe& request, Deadline& deadline);
asio::awaitable<Outcome> probe_dns(const roster::StartProbe& request, Deadline& deadline);
asio::awaitable<Outcome> probe_icmp(const roster::StartProbe& request, Deadline& deadline);
asio::awaitable<Outcome> probe_exec(const roster::StartProbe& request);

// probe_file.cpp: keeps the time itself; what the file said last outlives a file that hangs.
asio::awaitable<Outcome> probe_file(const roster::StartProbe& request, StateFiles& files);

/// TLS over a connection that stands.
asio::awaitable<Result<void>> secure(ProbeConnection& connection, const health::TlsOptions& tls,
                                     const std::string& host, const TlsContexts& contexts);
/// What a probe over a connection has come to: bad where it is not done, good, or degraded where
/// the certificate has not long to live.
Outcome outcome_over(ProbeConnection& connection, const Result<void>& done,
                     const std::optional<health::TlsOptions>& tls);

}  // namespace rollcall::server
