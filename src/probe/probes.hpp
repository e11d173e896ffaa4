/// One probe of each type of check, a .cpp file for most. They throw only when they are cancelled;
/// a bad or degraded outcome has a reason for people. `request` must outlive them.
#pragma once

#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/async.hpp"
#include "io/deadline.hpp"
#include "probe/certificates.hpp"
#include "probe/probe_connection.hpp"
#include "probe/request.hpp"
#include "probe/state_files.hpp"

namespace rollcall::probe {

using health::Outcome;

inline Outcome good() {
  return {.good = true, .reason = {}};
}
/// No usable reply came, as opposed to a bad reply.
inline Outcome bad(std::string reason) {
  return {.good = false, .reason = std::move(reason), .silent = true};
}

/// Our own host could not ask (core/fault.hpp). @param what the step that failed: "connect to
/// 192.0.2.1:80"
Outcome unasked(std::string_view what, const ErrorCode& error);
inline Outcome unasked(std::string_view what, int error) {
  return unasked(what, ErrorCode(error, boost::system::system_category()));
}

// The deadline ends each of them: it closes their sockets and cancels them.
asio::awaitable<Outcome> probe_tcp(const Request& request, const TlsContexts& contexts,
                                   io::Deadline& deadline);
asio::awaitable<Outcome> probe_http(const Request& request, const TlsContexts& contexts,
                                    io::Deadline& deadline);
asio::awaitable<Outcome> probe_agent(const Request& request, io::Deadline& deadline);
asio::awaitable<Outcome> probe_dns(const Request& request, io::Deadline& deadline);
asio::awaitable<Outcome> probe_icmp(const Request& request, io::Deadline& deadline);
asio::awaitable<Outcome> probe_exec(const Request& request);

// prober.cpp: keeps the time itself, because after a time-out the last content of the file still
// counts.
asio::awaitable<Outcome> probe_file(const Request& request, StateFiles& files);

/// Starts TLS over an open connection.
asio::awaitable<Result<void>> secure(ProbeConnection& connection, const health::TlsOptions& tls,
                                     const std::string& host, const TlsContexts& contexts);
/// The outcome of a probe over a connection: bad if `done` is an error; degraded if the certificate
/// expires soon; else good.
Outcome outcome_over(ProbeConnection& connection, const Result<void>& done,
                     const std::optional<health::TlsOptions>& tls);

/// What a probe says and reads, from connect() on.
template <class Check>
using Conversation = asio::awaitable<Result<void>> (*)(ProbeConnection&, const Request&,
                                                       const Check&, const TlsContexts&);

/// One probe: a connection, and `converse` over it.
template <class Check>
asio::awaitable<Outcome> probe_over_connection(const Request& request, const TlsContexts& contexts,
                                               io::Deadline& deadline,
                                               Conversation<Check> converse) {
  const auto& check = std::get<Check>(request.check->how);
  ProbeConnection connection(co_await asio::this_coro::executor, deadline);
  const Result<void> done = co_await converse(connection, request, check, contexts);
  co_return outcome_over(connection, done, check.tls);
}

}  // namespace rollcall::probe
