/// One probe of each type of check, a .cpp file for most. They never throw but for cancellation;
/// what they return has a reason in words where it is bad or degraded. `request` outlives them.
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
/// The probe came to nothing; a bad reply is another thing.
inline Outcome bad(std::string reason) {
  return {.good = false, .reason = std::move(reason), .silent = true};
}

/// Our own host could not ask (core/fault.hpp). @param what it tried: "connect to 192.0.2.1:80"
Outcome unasked(std::string_view what, const ErrorCode& error);
inline Outcome unasked(std::string_view what, int error) {
  return unasked(what, ErrorCode(error, boost::system::system_category()));
}

// The deadline ends each of them: it closes what they read from, and they are cancelled.
asio::awaitable<Outcome> probe_tcp(const Request& request, const TlsContexts& contexts,
                                   io::Deadline& deadline);
asio::awaitable<Outcome> probe_http(const Request& request, const TlsContexts& contexts,
                                    io::Deadline& deadline);
asio::awaitable<Outcome> probe_agent(const Request& request, io::Deadline& deadline);
asio::awaitable<Outcome> probe_dns(const Request& request, io::Deadline& deadline);
asio::awaitable<Outcome> probe_icmp(const Request& request, io::Deadline& deadline);
asio::awaitable<Outcome> probe_exec(const Request& request);

// prober.cpp: keeps the time itself; what the file said last outlives a file that hangs.
asio::awaitable<Outcome> probe_file(const Request& request, StateFiles& files);

/// TLS over a connection that stands.
asio::awaitable<Result<void>> secure(ProbeConnection& connection, const health::TlsOptions& tls,
                                     const std::string& host, const TlsContexts& contexts);
/// What a probe over a connection has come to: bad where it is not done, good, or degraded where
/// the certificate has not long to live.
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
