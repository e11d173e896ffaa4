#include "agent_link/agent_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>

#include "agent_link/agent_protocol.hpp"
#include "io/connecting.hpp"
#include "io/deadline.hpp"
#include "io/metered_socket.hpp"

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
// 4 KiB of output grow up to sixfold in JSON.
constexpr std::uint64_t kBodyLimit = 64UL * 1024;
// How much the agent may send in one conversation: the reply under TLS, and as much again.
constexpr io::Budget kAgentBudget{.octets = 2 * kBodyLimit, .pieces = 4096};
constexpr unsigned kGood = 200;  // of HTTP

AgentReply no_reply(std::string error) {
  AgentReply reply;
  reply.error = std::move(error);
  return reply;
}

http::request<http::string_body> make_request(const Endpoint& agent, std::string_view path,
                                              std::string body) {
  http::request<http::string_body> request(http::verb::post, std::string(path), 11);
  request.set(http::field::host, agent.to_string());
  request.set(http::field::user_agent, "rollcall/" ROLLCALL_VERSION);
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = std::move(body);
  request.prepare_payload();
  return request;
}

/// One connection to an agent, for one request and its reply. The deadline bounds everything except
/// until_end().
class Conversation {
 public:
  Conversation(const asio::any_io_executor& executor, asio::ssl::context& tls, Duration deadline)
      : end_(steady_clock::now() + deadline),
        stream_(io::MeteredSocket(executor, kAgentBudget), tls) {
    parser_.header_limit(kHeaderLimit);
    parser_.body_limit(kBodyLimit);
  }

  /// Connects, proves the key and sends the request.
  asio::awaitable<Result<void>> ask(Endpoint agent, std::string_view path, std::string body);

  /// Reads the whole reply, and closes TLS properly.
  asio::awaitable<Result<void>> read();

  /// Reads until the reply has a whole line, or is whole.
  asio::awaitable<Result<void>> read_line();

  /// Reads until the stream ends, however long that takes.
  asio::awaitable<void> until_end();

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

asio::awaitable<Result<void>> Conversation::ask(Endpoint agent, std::string_view path,
                                                std::string body) {
  Result<void> done = co_await in_time(kConnectLimit, connect(agent), "cannot connect");
  if (done) done = co_await in_time(kHandshakeLimit, shake_hands(), "TLS handshake");
  if (!done) co_return done;
  co_return co_await in_time(Duration::max(), send(make_request(agent, path, std::move(body))),
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
                   .error = {}};
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

asio::awaitable<AgentReply> restart_service(Endpoint agent, PskKey key, std::string service,
                                            Duration deadline) {
  auto tls = make_psk_context(TlsRole::client, key);
  if (!tls) co_return no_reply(tls.error().message);
  Conversation conversation(co_await asio::this_coro::executor, *tls, deadline);
  auto done = co_await conversation.ask(agent, kRestartPath, service_request(service));
  if (done) done = co_await conversation.read();
  if (!done) co_return no_reply(done.error().message);
  co_return read_reply(conversation.status(), conversation.body());
}

asio::awaitable<NodeReport> ask_node(Endpoint agent, PskKey key, std::string_view path,
                                     std::string body, Duration deadline) {
  auto tls = make_psk_context(TlsRole::client, key);
  if (!tls) co_return NodeReport{.error = tls.error().message};
  Conversation conversation(co_await asio::this_coro::executor, *tls, deadline);
  auto done = co_await conversation.ask(agent, path, std::move(body));
  if (done) done = co_await conversation.read();
  if (!done) co_return NodeReport{.error = done.error().message};
  auto report = read_node_report(conversation.body());
  if (!report) {
    co_return NodeReport{.error = fmt::format("HTTP status {}: invalid reply: {}",
                                              conversation.status(), report.error().message)};
  }
  if (conversation.status() != kGood) report->ok = false;
  co_return std::move(*report);
}

asio::awaitable<Result<void>> watch_service(Endpoint agent, asio::ssl::context& tls,
                                            std::string service, std::function<void()> begun) {
  Conversation conversation(co_await asio::this_coro::executor, tls, kWatchDeadline);
  auto done = co_await conversation.ask(agent, kWatchPath, service_request(service));
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
