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

namespace rollcall::server {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using std::chrono::steady_clock;

constexpr Duration kConnectLimit = std::chrono::seconds(5);
constexpr Duration kHandshakeLimit = std::chrono::seconds(5);
constexpr Duration kGoodbyeLimit = std::chrono::milliseconds(500);
constexpr std::uint32_t kHeaderLimit = 4096;
// 4 KiB of output take up to six times that in JSON.
constexpr std::uint64_t kBodyLimit = 64UL * 1024;

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
  AgentReply reply{.ok = status == 200 && report->ok,
                   .exit_status = report->exit_status,
                   .timed_out = report->timed_out,
                   .seconds = report->seconds,
                   .output = std::move(report->output),
                   .error = {}};
  if (reply.ok) return reply;
  if (status != 200) {
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

http::request<http::string_body> make_request(const Endpoint& agent, const std::string& service) {
  http::request<http::string_body> request(http::verb::post, std::string(kRestartPath), 11);
  request.set(http::field::host, agent.to_string());
  request.set(http::field::user_agent, "rollcall/" ROLLCALL_VERSION);
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = restart_request(service);
  request.prepare_payload();
  return request;
}

}  // namespace

asio::awaitable<AgentReply> restart_service(Endpoint agent, PskKey key, std::string service,
                                            Duration deadline) {
  const auto executor = co_await asio::this_coro::executor;
  const auto end = steady_clock::now() + deadline;
  const auto within = [end](Duration limit) { return std::min(end, steady_clock::now() + limit); };
  auto tls = make_psk_context(TlsRole::client, key);
  if (!tls) co_return no_reply(tls.error().message);
  beast::ssl_stream<beast::tcp_stream> stream(executor, *tls);
  beast::tcp_stream& transport = beast::get_lowest_layer(stream);

  const tcp::endpoint where(asio::ip::make_address(agent.address.to_string()), agent.port);
  transport.expires_at(within(kConnectLimit));
  const auto [unreachable] = co_await transport.async_connect(where, as_value);
  if (unreachable) co_return no_reply("cannot connect: " + reason(unreachable));

  ErrorCode ignored;
  transport.socket().set_option(tcp::no_delay(true), ignored);  // header and body are two writes

  transport.expires_at(within(kHandshakeLimit));
  const auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::client, as_value);
  if (refused == beast::error::timeout) co_return no_reply("TLS handshake: timed out");
  if (refused || !psk_was_used(stream.native_handle())) {
    co_return no_reply("TLS handshake failed, the key probably differs: " +
                       (refused ? refused.message() : "the peer did not use it"));
  }
  transport.expires_at(end);
  const auto request = make_request(agent, service);
  const auto [unsent, sent] = co_await http::async_write(stream, request, as_value);
  if (unsent) co_return no_reply("the request was not sent: " + reason(unsent));

  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.header_limit(kHeaderLimit);
  parser.body_limit(kBodyLimit);
  const auto [unread, size] = co_await http::async_read(stream, buffer, parser, as_value);
  if (unread) co_return no_reply("no reply: " + reason(unread));
  transport.expires_at(within(kGoodbyeLimit));
  co_await stream.async_shutdown(as_value);
  co_return read_reply(parser.get().result_int(), parser.get().body());
}

}  // namespace rollcall::server
