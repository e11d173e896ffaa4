/// One probe of each type of check, a .cpp file each. They never throw but for cancellation; what
/// they return has a reason in words where it is bad or degraded. `request` outlives them.
#pragma once

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string>
#include <utility>

#include "roster/event.hpp"
#include "server/async.hpp"
#include "server/certificates.hpp"
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

/// Our own host could not ask, for want of something (shortage.hpp).
inline Outcome unknown(std::string reason) {
  return {.good = false, .reason = std::move(reason), .silent = true, .unknown = true};
}

// probe_tcp.cpp, probe_http.cpp, probe_agent.cpp: their connection keeps the time.
asio::awaitable<Outcome> probe_tcp(const roster::StartProbe& request, TlsContexts& contexts);
asio::awaitable<Outcome> probe_http(const roster::StartProbe& request, TlsContexts& contexts);

asio::awaitable<Outcome> probe_agent(const roster::StartProbe& request);

// probe_dns.cpp, probe_icmp.cpp: the caller cancels them at the end of the time.
asio::awaitable<Outcome> probe_dns(const roster::StartProbe& request);
asio::awaitable<Outcome> probe_icmp(const roster::StartProbe& request);

// probe_exec.cpp: keeps the time itself.
asio::awaitable<Outcome> probe_exec(const roster::StartProbe& request);

// probe_file.cpp: nothing to wait for.
Outcome probe_file(const roster::StartProbe& request, StateFiles& files);

/// TLS over a connection that stands.
asio::awaitable<Result<void>> secure(ProbeConnection& connection, const health::TlsOptions& tls,
                                     const std::string& host, TlsContexts& contexts);
/// What a probe over a connection has come to: bad where it is not done, good, or degraded where
/// the certificate has not long to live.
Outcome outcome_over(ProbeConnection& connection, const Result<void>& done,
                     const std::optional<health::TlsOptions>& tls);

/// The value of `work`, or nothing where it took longer than `limit` and was cancelled.
template <class T>
asio::awaitable<std::optional<T>> within(Duration limit, asio::awaitable<T> work) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  auto first = co_await (std::move(work) || timer.async_wait(as_value));
  std::optional<T> value;
  if (first.index() == 0) value = std::move(std::get<0>(first));
  co_return value;
}

}  // namespace rollcall::server
