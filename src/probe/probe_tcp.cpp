#include <array>

#include "health/mail_dialogue.hpp"
#include "health/script.hpp"
#include "probe/probes.hpp"

namespace rollcall::probe {
namespace {

/// Carries out a Script or a MailDialogue to its end.
template <class Dialogue>
asio::awaitable<Result<void>> play(ProbeConnection& connection, Dialogue& dialogue) {
  using Next = typename Dialogue::Next;
  std::array<char, 1024> piece;
  const io::Deadline::Pending pending(connection.deadline(), [&] { return dialogue.pending(); });
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

/// Carries out one part of a mail server's dialogue. `heard` becomes the server's greeting.
asio::awaitable<Result<void>> speak(ProbeConnection& connection, health::MailDialogue dialogue,
                                    std::string_view part, std::string& heard) {
  const Result<void> done = co_await play(connection, dialogue);
  heard = dialogue.greeting();
  if (!done) co_return fail(std::string(part) + ": " + done.error().message);
  co_return Result<void>{};
}

/// What precedes the check's own steps: TLS, and the greeting of a server that speaks first.
asio::awaitable<Result<void>> begin(ProbeConnection& connection, const Request& request,
                                    const health::TcpCheck& check, const TlsContexts& contexts,
                                    std::string& greeting) {
  using health::MailDialogue;
  using health::MailProtocol;
  if (check.starttls != MailProtocol::none) {
    const MailDialogue wish(check.starttls, MailDialogue::Part::starttls);
    const Result<void> begun = co_await speak(connection, wish, "STARTTLS", greeting);
    if (!begun) co_return begun;
    if (check.mail == MailProtocol::none) greeting.clear();  // the steps begin after STARTTLS
  }
  if (check.tls) {
    Result<void> secured = co_await secure(connection, *check.tls, request.host, contexts);
    if (!secured) co_return secured;
  }
  if (check.starttls != MailProtocol::none) co_return Result<void>{};
  const MailProtocol spoken = health::greeting_of(check, request.check->port, request.target.port);
  if (spoken == MailProtocol::none) co_return Result<void>{};
  const auto part =
      check.mail == MailProtocol::none ? MailDialogue::Part::wait : MailDialogue::Part::greeting;
  co_return co_await speak(connection, MailDialogue(spoken, part), "greeting", greeting);
}

asio::awaitable<Result<void>> converse(ProbeConnection& connection, const Request& request,
                                       const health::TcpCheck& check, const TlsContexts& contexts) {
  Result<void> done = co_await connection.connect(request.target);
  std::string greeting;
  if (done) done = co_await begin(connection, request, check, contexts, greeting);
  if (done) {
    health::Script script(check.steps, check.reject, greeting);
    done = co_await play(connection, script);
  }
  // A check whose steps send something is expected to end the session itself.
  if (done && check.mail != health::MailProtocol::none && !health::says_something(check)) {
    const health::MailDialogue farewell(check.mail, health::MailDialogue::Part::farewell);
    done = co_await speak(connection, farewell, "session", greeting);
  }
  co_return done;
}

}  // namespace

asio::awaitable<Outcome> probe_tcp(const Request& request, const TlsContexts& contexts,
                                   io::Deadline& deadline) {
  return probe_over_connection<health::TcpCheck>(request, contexts, deadline, converse);
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

}  // namespace rollcall::probe
