#include <array>

#include "health/script.hpp"
#include "health/starttls.hpp"
#include "server/probes.hpp"

namespace rollcall::server {
namespace {

/// Plays a Script or a StartTlsRequest to its end.
template <class Dialogue>
asio::awaitable<Result<void>> play(ProbeConnection& connection, Dialogue& dialogue) {
  using Next = typename Dialogue::Next;
  std::array<char, 1024> piece;
  const Deadline::Pending pending(connection.deadline(), [&] { return dialogue.pending(); });
  for (Next next = dialogue.next(); next != Next::done; next = dialogue.next()) {
    if (next == Next::failed) co_return fail(dialogue.failure());
    if (next == Next::send) {
      Result<void> sent = co_await connection.send(dialogue.line());
      if (!sent) co_return sent;
      continue;
    }
    const Result<std::size_t> size = co_await connection.receive(piece);
    if (!size) {
      const std::string heard = dialogue.pending();
      co_return fail(size.error().message + (heard.empty() ? "" : "; " + heard));
    }
    if (*size == 0) {
      dialogue.ended();
    } else {
      dialogue.received({piece.data(), *size});
    }
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> converse(ProbeConnection& connection,
                                       const roster::StartProbe& request,
                                       const health::TcpCheck& check, const TlsContexts& contexts) {
  Result<void> done = co_await connection.connect(request.target);
  if (done && check.starttls != health::StartTls::none) {
    health::StartTlsRequest wish(check.starttls);
    done = co_await play(connection, wish);
    if (!done) done = fail("STARTTLS: " + done.error().message);
  }
  if (done && check.tls) done = co_await secure(connection, *check.tls, request.host, contexts);
  if (done) {
    health::Script script(check.steps);
    done = co_await play(connection, script);
  }
  co_return done;
}

}  // namespace

asio::awaitable<Outcome> probe_tcp(const roster::StartProbe& request, const TlsContexts& contexts,
                                   Deadline& deadline) {
  const auto& check = std::get<health::TcpCheck>(request.check->how);
  ProbeConnection connection(co_await asio::this_coro::executor, deadline);
  const Result<void> done = co_await converse(connection, request, check, contexts);
  co_return outcome_over(connection, done, check.tls);
}

asio::awaitable<Result<void>> secure(ProbeConnection& connection, const health::TlsOptions& tls,
                                     const std::string& host, const TlsContexts& contexts) {
  auto context = contexts.of(tls);
  if (!context) co_return fail("TLS: its issuers were not read with the configuration");
  co_return co_await connection.start_tls(std::move(context), host);
}

Outcome outcome_over(ProbeConnection& connection, const Result<void>& done,
                     const std::optional<health::TlsOptions>& tls) {
  if (!done && connection.unasked()) return *connection.unasked();
  if (!done) {
    Outcome outcome = bad(done.error().message);
    outcome.refused = connection.refused();
    return outcome;
  }
  Outcome outcome = good();
  if (!tls) return outcome;
  if (auto warning = connection.expiry_warning(*tls)) {
    outcome.degraded = true;
    outcome.reason = std::move(*warning);
  }
  return outcome;
}

}  // namespace rollcall::server
