#include "server/agent_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>

#include "server/agent_protocol.hpp"
#include "server/endpoints.hpp"
#include "server/keep_alive.hpp"

namespace rollcall::server {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using std::chrono::steady_clock;

constexpr Duration kConnectLimit = std::chrono::seconds(5);
constexpr Duration kHandshakeLimit = std::chrono::seconds(5);
// To find a process, systemctl may take its time six times.
constexpr Duration kWatchDeadline = std::chrono::seconds(45);
constexpr Duration kGoodbyeLimit = std::chrono::milliseconds(500);
constexpr std::uint32_t kHeaderLimit = 4096;
// 4 KiB of output take up to six times that in JSON.
constexpr std::uint64_t kBodyLimit = 64UL * 1024;
constexpr unsigned kGood = 200;  // of HTTP

AgentReply no_reply(std::string error) {
  AgentReply reply;
  reply.error = std::move(error);
  return reply;
}

std::string reason(const ErrorCode& error) {
  return error == beast::error::timeout ? "timed out" : error.message();
}

/// @param status of HTTP
AgentReply read_reply(unsigned status, const std::string& body) {
  auto report = read_restart_report(body);
  if (!report) {
    return no_reply(
        fmt::format("HTTP status {}, and the reply is {}", status, report.error().message));
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

http::request<http::string_body> make_request(const Endpoint& agent, std::string_view path,
                                              const std::string& service) {
  http::request<http::string_body> request(http::verb::post, std::string(path), 11);
  request.set(http::field::host, agent.to_string());
  request.set(http::field::user_agent, "rollcall/" ROLLCALL_VERSION);
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = service_request(service);
  request.prepare_payload();
  return request;
}

/// One connection to an agent: a request, and what it replies. All but until_end() is within the
/// deadline.
class Conversation {
 public:
  Conversation(const asio::any_io_executor& executor, asio::ssl::context& tls, Duration deadline)
      : end_(steady_clock::now() + deadline), stream_(executor, tls) {
    parser_.header_limit(kHeaderLimit);
    parser_.body_limit(kBodyLimit);
  }

  /// Connects, proves the key and asks.
  asio::awaitable<Result<void>> ask(Endpoint agent, std::string_view path, std::string service);

  /// Reads the whole reply, and says goodbye.
  asio::awaitable<Result<void>> read();

  /// Reads until the reply has a whole line, or is whole.
  asio::awaitable<Result<void>> read_line();

  /// Reads on, however long it takes, until nothing more comes.
  asio::awaitable<void> until_end();

  unsigned status() const { return parser_.get().result_int(); }
  const std::string& body() const { return parser_.get().body(); }

 private:
  beast::tcp_stream& transport() { return beast::get_lowest_layer(stream_); }
  void allow(Duration limit) {
    transport().expires_at(std::min(end_, steady_clock::now() + limit));
  }

  steady_clock::time_point end_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

asio::awaitable<Result<void>> Conversation::ask(Endpoint agent, std::string_view path,
                                                std::string service) {
  allow(kConnectLimit);
  const auto [unreachable] = co_await transport().async_connect(to_tcp(agent), as_value);
  if (unreachable) co_return fail("cannot connect: " + reason(unreachable));

  ErrorCode ignored;
  transport().socket().set_option(tcp::no_delay(true), ignored);  // header and body: two writes

  allow(kHandshakeLimit);
  const auto [refused] = co_await stream_.async_handshake(asio::ssl::stream_base::client, as_value);
  if (refused == beast::error::timeout) co_return fail("TLS handshake: timed out");
  const bool closed = refused == asio::error::eof || refused == asio::error::connection_reset ||
                      refused == asio::ssl::error::stream_truncated;
  if (closed) {
    co_return fail("the agent closed the connection, it may have too many");
  }
  if (refused || !psk_was_used(stream_.native_handle())) {
    co_return fail("TLS handshake failed, the key probably differs: " +
                   (refused ? refused.message() : "the peer did not use it"));
  }
  transport().expires_at(end_);
  const auto request = make_request(agent, path, service);
  const auto [unsent, sent] = co_await http::async_write(stream_, request, as_value);
  if (unsent) co_return fail("the request was not sent: " + reason(unsent));
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Conversation::read() {
  const auto [unread, size] = co_await http::async_read(stream_, buffer_, parser_, as_value);
  if (unread) co_return fail("no reply: " + reason(unread));
  allow(kGoodbyeLimit);
  co_await stream_.async_shutdown(as_value);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Conversation::read_line() {
  while (!parser_.is_done() && !(parser_.is_header_done() && body().contains('\n'))) {
    const auto [unread, size] = co_await http::async_read_some(stream_, buffer_, parser_, as_value);
    if (unread) co_return fail("no reply: " + reason(unread));
  }
  co_return Result<void>{};
}

asio::awaitable<void> Conversation::until_end() {
  keep_alive(transport().socket());
  transport().expires_never();
  while (!parser_.is_done()) {
    const auto [ended, size] = co_await http::async_read_some(stream_, buffer_, parser_, as_value);
    if (ended || body().contains(kWatchEnded)) co_return;
  }
}

}  // namespace

asio::awaitable<AgentReply> restart_service(Endpoint agent, PskKey key, std::string service,
                                            Duration deadline) {
  auto tls = make_psk_context(TlsRole::client, key);
  if (!tls) co_return no_reply(tls.error().message);
  Conversation conversation(co_await asio::this_coro::executor, *tls, deadline);
  auto done = co_await conversation.ask(agent, kRestartPath, std::move(service));
  if (done) done = co_await conversation.read();
  if (!done) co_return no_reply(done.error().message);
  co_return read_reply(conversation.status(), conversation.body());
}

asio::awaitable<Result<void>> watch_service(Endpoint agent, asio::ssl::context& tls,
                                            std::string service, std::function<void()> begun) {
  Conversation conversation(co_await asio::this_coro::executor, tls, kWatchDeadline);
  auto done = co_await conversation.ask(agent, kWatchPath, std::move(service));
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

}  // namespace rollcall::server
