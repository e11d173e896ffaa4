#include "agent_link/agent_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>

#include "agent_link/agent_protocol.hpp"
#include "agent_link/agent_request.hpp"
#include "io/connecting.hpp"
#include "io/deadline.hpp"
#include "io/metered_socket.hpp"
#include "io/random.hpp"

namespace rollcall::agent_link {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using std::chrono::steady_clock;

constexpr Duration kConnectLimit = std::chrono::seconds(5);
constexpr Duration kHandshakeLimit = std::chrono::seconds(5);
// To find a process, the agent may run systemctl six times, each up to its limit.
constexpr Duration kWatchDeadline = std::chrono::seconds(45);
constexpr Duration kGoodbyeLimit = std::chrono::milliseconds(500);
constexpr std::uint32_t kHeaderLimit = 4096;
// 8 KiB of output and 4 KiB of a journal grow up to sixfold in JSON.
constexpr std::uint64_t kBodyLimit = 96UL * 1024;
// A status has at most 256 octets of the output of each service.
constexpr std::uint64_t kStatusBodyLimit = 256UL * 1024;

/// How much the agent may send in one conversation: the reply under TLS, and as much again.
io::Budget budget_for(std::uint64_t body_limit) {
  return {.octets = 2 * body_limit, .pieces = 4096};
}

constexpr unsigned kGood = 200;  // of HTTP
// Between a connection that broke and the next request: an agent that was restarted is back by
// then.
constexpr Duration kRepeatPause = std::chrono::seconds(1);
// How long an agent that got the request may be unreachable: a supervisor restarts it within that.
constexpr Duration kRepeatFor = std::chrono::seconds(15);

AgentReply no_reply(std::string error) {
  AgentReply reply;
  reply.error = std::move(error);
  return reply;
}

NodeReport no_report(std::string error) {
  NodeReport report;
  report.error = std::move(error);
  return report;
}

/// What is asked of an agent.
struct Question {
  http::verb method = http::verb::post;
  std::string_view path;
  std::string body;        // of a POST
  std::string repeat_key;  // empty: none
};

http::request<http::string_body> make_request(const Endpoint& agent, const Question& question) {
  http::request<http::string_body> request(question.method, std::string(question.path), 11);
  request.set(http::field::host, agent.to_string());
  request.set(http::field::user_agent, "rollcall/" ROLLCALL_VERSION);
  request.keep_alive(false);
  if (!question.repeat_key.empty()) {
    request.set(boost::beast::string_view(kRepeatHeader.data(), kRepeatHeader.size()),
                question.repeat_key);
  }
  if (question.method == http::verb::get) return request;
  request.set(http::field::content_type, "application/json");
  request.body() = question.body;
  request.prepare_payload();
  return request;
}

/// One connection to an agent, for one request and its reply. The deadline bounds everything except
/// until_end().
class Conversation {
 public:
  Conversation(const asio::any_io_executor& executor, asio::ssl::context& tls, Duration deadline,
               std::uint64_t body_limit = kBodyLimit)
      : end_(steady_clock::now() + deadline),
        stream_(io::MeteredSocket(executor, budget_for(body_limit)), tls) {
    parser_.header_limit(kHeaderLimit);
    parser_.body_limit(body_limit);
  }

  /// Connects, proves the key and sends the request.
  asio::awaitable<Result<void>> ask(Endpoint agent, Question question);

  /// Reads the whole reply, and closes TLS properly.
  asio::awaitable<Result<void>> read();

  /// Reads until the reply has a whole line, or is whole.
  asio::awaitable<Result<void>> read_line();

  /// Reads until the stream ends, however long that takes.
  asio::awaitable<void> until_end();

  /// The agent may have got the request.
  bool was_asked() const { return asked_; }
  unsigned status() const { return parser_.get().result_int(); }
  const std::string& body() const { return parser_.get().body(); }

 private:
  using Done = asio::awaitable<Result<void>>;

  tcp::socket& transport() { return stream_.next_layer().next_layer(); }
  Done in_time(Duration limit, Done work, std::string_view what);
  Done connect(Endpoint agent);
  Done shake_hands();
  Done send(http::request<http::string_body> request);
  Done read_whole();
  Done read_until_line();
  Done say_goodbye();

  steady_clock::time_point end_;
  asio::ssl::stream<io::MeteredSocket> stream_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  bool asked_ = false;
};

/// @param what names the step in messages
Conversation::Done Conversation::in_time(Duration limit, Done work, std::string_view what) {
  io::Deadline deadline(co_await asio::this_coro::executor,
                        std::min<Duration>(limit, end_ - steady_clock::now()));
  const io::Deadline::Closes closes(deadline, [this] { stream_.next_layer().close(); });
  auto done = co_await io::before(deadline, std::move(work));
  if (auto* const in_time = std::get_if<0>(&done)) co_return std::move(*in_time);
  co_return fail(fmt::format("{}: timed out", what));
}

Conversation::Done Conversation::connect(Endpoint agent) {
  const io::Connected connected = co_await io::connect(transport(), agent);
  if (connected.error) co_return fail("cannot connect: " + connected.error.message());
  ErrorCode ignored;
  transport().set_option(tcp::no_delay(true), ignored);  // header and body: two writes
  co_return Result<void>{};
}

Conversation::Done Conversation::shake_hands() {
  const auto [refused] = co_await stream_.async_handshake(asio::ssl::stream_base::client, as_value);
  const bool closed = refused == asio::error::eof || refused == asio::error::connection_reset ||
                      refused == asio::ssl::error::stream_truncated;
  if (closed) co_return fail("the agent closed the connection; it may have too many connections");
  if (stream_.next_layer().is_spent()) co_return fail("TLS handshake: too much data");
  if (refused || !psk_was_used(stream_.native_handle())) {
    co_return fail("TLS handshake failed (different key?): " +
                   (refused ? refused.message() : "the agent did not use the key"));
  }
  co_return Result<void>{};
}

Conversation::Done Conversation::send(http::request<http::string_body> request) {
  const auto [unsent, sent] = co_await http::async_write(stream_, request, as_value);
  if (unsent) co_return fail("the request was not sent: " + unsent.message());
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Conversation::ask(Endpoint agent, Question question) {
  Result<void> done = co_await in_time(kConnectLimit, connect(agent), "cannot connect");
  if (done) done = co_await in_time(kHandshakeLimit, shake_hands(), "TLS handshake");
  if (!done) co_return done;
  asked_ = true;
  co_return co_await in_time(Duration::max(), send(make_request(agent, question)),
                             "the request was not sent");
}

Conversation::Done Conversation::read_whole() {
  const auto [unread, size] = co_await http::async_read(stream_, buffer_, parser_, as_value);
  if (unread) co_return fail("no reply: " + unread.message());
  co_return Result<void>{};
}

Conversation::Done Conversation::say_goodbye() {
  co_await stream_.async_shutdown(as_value);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Conversation::read() {
  Result<void> done = co_await in_time(Duration::max(), read_whole(), "no reply");
  if (done) co_await in_time(kGoodbyeLimit, say_goodbye(), "goodbye");
  co_return done;
}

Conversation::Done Conversation::read_until_line() {
  while (!parser_.is_done() && !(parser_.is_header_done() && body().contains('\n'))) {
    const auto [unread, size] = co_await http::async_read_some(stream_, buffer_, parser_, as_value);
    if (unread) co_return fail("no reply: " + unread.message());
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Conversation::read_line() {
  return in_time(Duration::max(), read_until_line(), "no reply");
}

/// The kernel's keepalive ends a dead connection.
asio::awaitable<void> Conversation::until_end() {
  io::keep_alive(transport());
  while (!parser_.is_done()) {
    const auto [ended, size] = co_await http::async_read_some(stream_, buffer_, parser_, as_value);
    if (ended || body().contains(kWatchEnded)) co_return;
  }
}

}  // namespace

AgentReply read_reply(unsigned status, const std::string& body) {
  auto report = read_restart_report(body);
  if (!report) {
    return no_reply(
        fmt::format("HTTP status {}: invalid reply: {}", status, report.error().message));
  }
  AgentReply reply{.ok = status == kGood && report->ok,
                   .exit_status = report->exit_status,
                   .timed_out = report->timed_out,
                   .seconds = report->seconds,
                   .output = std::move(report->output),
                   .error = {},
                   .unit = std::move(report->unit)};
  if (reply.ok) return reply;
  if (status != kGood) {
    reply.error = fmt::format("HTTP status {}: {}", status, report->error);
  } else if (!report->error.empty()) {
    reply.error = std::move(report->error);
  } else if (reply.timed_out) {
    reply.error = fmt::format("the restart did not end within {:.1f} s", reply.seconds);
  } else {
    reply.error = fmt::format("the restart failed with exit status {}", reply.exit_status);
  }
  return reply;
}

namespace {

/// @return nothing where no random octets are to be had: then the request cannot be repeated
std::string new_repeat_key() {
  const auto random = io::random_value<std::array<std::uint8_t, 16>>();
  std::string text;
  if (!random) return text;
  for (const std::uint8_t octet : *random) text += fmt::format("{:02x}", octet);
  return text;
}

struct Attempt {
  AgentReply reply;
  bool was_asked = false;
  bool broke = false;  // no reply came
};

// Aggregates are made by name here: g++ 12 destroys temporary ones in co_return and co_await twice.
asio::awaitable<Attempt> try_restart(Endpoint agent, asio::ssl::context& tls, Question question,
                                     Duration limit) {
  Conversation conversation(co_await asio::this_coro::executor, tls, limit);
  auto done = co_await conversation.ask(agent, std::move(question));
  if (done) done = co_await conversation.read();
  Attempt attempt;
  attempt.was_asked = conversation.was_asked();
  attempt.broke = !done;
  attempt.reply = done ? read_reply(conversation.status(), conversation.body())
                       : no_reply(done.error().message);
  co_return attempt;
}

}  // namespace

asio::awaitable<AgentReply> restart_service(Endpoint agent, NamedKey key, std::string service,
                                            Duration deadline) {
  std::vector<NamedKey> keys;
  keys.push_back(std::move(key));
  auto tls = make_psk_context(TlsRole::client, keys);
  if (!tls) co_return no_reply(tls.error().message);
  const steady_clock::time_point end = steady_clock::now() + deadline;
  Question question;
  question.path = kRestartPath;
  question.body = service_request(service);
  question.repeat_key = new_repeat_key();
  asio::steady_timer pause(co_await asio::this_coro::executor);
  bool was_asked = false;
  steady_clock::time_point patient_until = end;
  for (;;) {
    Attempt attempt = co_await try_restart(agent, *tls, question, end - steady_clock::now());
    const steady_clock::time_point now = steady_clock::now();
    if (attempt.was_asked) patient_until = std::min(end, now + kRepeatFor);
    was_asked = was_asked || attempt.was_asked;
    const bool again = attempt.broke && was_asked && !question.repeat_key.empty();
    if (!again || now + kRepeatPause >= patient_until) co_return std::move(attempt.reply);
    pause.expires_after(kRepeatPause);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<NodeReport> ask_node(Endpoint agent, NamedKey key, std::string_view path,
                                     std::string body, Duration deadline) {
  std::vector<NamedKey> keys;
  keys.push_back(std::move(key));
  auto tls = make_psk_context(TlsRole::client, keys);
  if (!tls) co_return no_report(tls.error().message);
  Conversation conversation(co_await asio::this_coro::executor, *tls, deadline);
  Question question;
  question.path = path;
  question.body = std::move(body);
  auto done = co_await conversation.ask(agent, std::move(question));
  if (done) done = co_await conversation.read();
  if (!done) {
    NodeReport report = no_report(done.error().message);
    report.reached = conversation.was_asked();
    co_return report;
  }
  auto report = read_node_report(conversation.body());
  if (!report) {
    co_return no_report(fmt::format("HTTP status {}: invalid reply: {}", conversation.status(),
                                    report.error().message));
  }
  if (conversation.status() != kGood) report->ok = false;
  co_return std::move(*report);
}

asio::awaitable<Result<AgentStatus>> fetch_status(Endpoint agent, NamedKey key, Duration deadline) {
  std::vector<NamedKey> keys;
  keys.push_back(std::move(key));
  auto tls = make_psk_context(TlsRole::client, keys);
  if (!tls) co_return std::unexpected(tls.error());
  Conversation conversation(co_await asio::this_coro::executor, *tls, deadline, kStatusBodyLimit);
  Question question;
  question.method = http::verb::get;
  question.path = kStatusPath;
  auto done = co_await conversation.ask(agent, std::move(question));
  if (done) done = co_await conversation.read();
  if (!done) co_return std::unexpected(done.error());
  if (conversation.status() != kGood) {
    co_return fail(fmt::format("HTTP status {}", conversation.status()));
  }
  auto status = read_agent_status(conversation.body());
  if (!status) co_return fail("invalid reply: " + status.error().message);
  co_return status;
}

asio::awaitable<Result<void>> watch_service(Endpoint agent, asio::ssl::context& tls,
                                            std::string service, std::function<void()> begun) {
  Conversation conversation(co_await asio::this_coro::executor, tls, kWatchDeadline);
  Question question;
  question.path = kWatchPath;
  question.body = service_request(service);
  auto done = co_await conversation.ask(agent, std::move(question));
  if (done) done = co_await conversation.read_line();
  if (!done) co_return done;
  const std::string& body = conversation.body();
  done = read_watch_begun(std::string_view(body).substr(0, body.find('\n')));
  if (!done || conversation.status() != kGood) {
    co_return fail(fmt::format("HTTP status {}: {}", conversation.status(),
                               done ? "no error" : done.error().message));
  }
  begun();
  co_await conversation.until_end();
  co_return Result<void>{};
}

}  // namespace rollcall::agent_link
