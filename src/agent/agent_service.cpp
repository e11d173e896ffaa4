#include "agent/agent_service.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "agent/agent_responses.hpp"
#include "core/fault.hpp"
#include "core/lasting_failure.hpp"
#include "io/clock.hpp"
#include "io/endpoints.hpp"

namespace rollcall::agent {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr Duration kDoorInterval = std::chrono::milliseconds(250);
constexpr Duration kJoinLimit = std::chrono::seconds(15);

Endpoint from_tcp(const tcp::endpoint& endpoint) {
  return {io::from_asio(endpoint.address()), endpoint.port()};
}

}  // namespace

AgentService::AgentService(asio::any_io_executor executor, AgentServiceOptions options,
                           files::FileReaders& readers)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      readers_(readers),
      acceptor_(executor_),
      idle_(executor_),
      connections_(executor_),
      watches_(executor_),
      actions_(executor_, options_.rights),
      accepting_(executor_) {}

Result<Endpoint> AgentService::start() {
  auto tls = agent_link::make_psk_context(agent_link::TlsRole::server, options_.clients.keys());
  if (!tls) return std::unexpected(tls.error());
  tls_ = std::move(*tls);

  ErrorCode error;
  const tcp::endpoint where(asio::ip::make_address(options_.listen.address.to_string()),
                            options_.listen.port);
  acceptor_.open(where.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(where, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(
        fmt::format("cannot listen on {}: {}", options_.listen.to_string(), error.message()));
  }
  accepting_.start(actions_.start());
  accepting_.start(accept());
  accepting_.start(keep_door());
  return from_tcp(acceptor_.local_endpoint(error));
}

void AgentService::set_services(service::AllowList services, Duration time_limit) {
  options_.services = std::move(services);
  watches_.keep_only([this](const AgentWatch& watch) { return may_go_on(watch); });
  options_.time_limit = time_limit;
  std::erase_if(last_, [&](const auto& entry) { return !options_.services.lists(entry.first); });
}

asio::awaitable<void> AgentService::stop() {
  stopping_ = true;
  ErrorCode ignored;
  acceptor_.close(ignored);
  watches_.cancel();
  while (!running_.empty()) {
    idle_.expires_after(options_.time_limit);
    co_await idle_.async_wait(as_value);
  }
  co_await connections_.join(kAgentGoodbyeLimit);
  co_await actions_.stop();
  abort();
  co_await connections_.join(kJoinLimit);
  co_await watches_.join(kJoinLimit);
  co_await accepting_.join(kJoinLimit);
}

void AgentService::abort() {
  accepting_.cancel();
  connections_.cancel();
  watches_.cancel();
}

Result<void> AgentService::set_clients(AgentClients clients) {
  auto tls = agent_link::make_psk_context(agent_link::TlsRole::server, clients.keys());
  if (!tls) return std::unexpected(tls.error());
  *tls_ = std::move(*tls);
  if (!clients.keeps_all_of(options_.clients)) door_->forget_known();
  options_.clients = std::move(clients);
  watches_.keep_only([this](const AgentWatch& watch) { return may_go_on(watch); });
  return {};
}

bool AgentService::may_go_on(const AgentWatch& watch) const {
  const auto service = options_.services.find(watch.service);
  const ClientPtr client = options_.clients.find(watch.proven);
  return service != options_.services.end() && service->second == watch.recipe && client &&
         client->may_ask_for(watch.service);
}

asio::awaitable<void> AgentService::accept() {
  LastingFailure failing;
  while (acceptor_.is_open()) {
    tcp::endpoint peer;
    auto [error, socket] = co_await acceptor_.async_accept(peer, as_value);
    if (!acceptor_.is_open()) break;
    if (!error) {
      failing.worked();
      connections_.start(serve(std::move(socket), from_tcp(peer)));
      continue;
    }
    const Instant now = io::monotonic_now();
    const LastingFailure::Advice advice = failing.failed(now);
    if (advice.tell) spdlog::error("cannot accept connections: {}", error.message());
    if (is_shortage(error)) {
      door_->take_one_back(now);
    } else if (advice.give_up && options_.failed) {
      options_.failed(error.message());
      co_return;
    }
    asio::steady_timer pause(executor_, kFailurePause);
    co_await pause.async_wait(as_value);
  }
}

asio::awaitable<void> AgentService::keep_door() {
  asio::steady_timer timer(executor_);
  for (;;) {
    timer.expires_after(kDoorInterval);
    const auto [cancelled] = co_await timer.async_wait(as_value);
    if (cancelled) co_return;
    door_->sweep(io::monotonic_now());
    state_log_.tell_due(io::monotonic_now());
  }
}

/// @return the key that the peer has proved; nothing if the connection was turned away
asio::awaitable<std::optional<agent_link::NamedKey>> AgentService::let_in(AgentStream& stream,
                                                                          AgentDoor::Guest& guest) {
  if (!guest.enter()) {
    guest.turn_away("all connections are in use");
    co_return std::nullopt;
  }
  beast::get_lowest_layer(stream).expires_after(kAgentHandshakeLimit);
  const auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_value);
  SSL* const ssl = stream.native_handle();
  if (refused || !agent_link::psk_was_used(ssl)) {
    guest.turn_away(refused ? refused.message() : "no shared key");
    co_return std::nullopt;
  }
  const agent_link::NamedKey proven = *agent_link::proven_key(ssl);
  if (!options_.clients.find(proven)) {  // a handshake that began before the keys were changed
    guest.turn_away("the key is no longer valid");
    co_return std::nullopt;
  }
  guest.show_key();
  co_return proven;
}

asio::awaitable<void> AgentService::serve(tcp::socket socket, Endpoint from) {
  auto stream = std::make_unique<AgentStream>(beast::tcp_stream(std::move(socket)), *tls_);
  beast::tcp_stream& transport = beast::get_lowest_layer(*stream);

  ErrorCode ignored;
  transport.socket().set_option(tcp::no_delay(true), ignored);  // header and body are two writes

  const std::unique_ptr<AgentDoor::Guest> guest =
      std::make_unique<AgentDoor::Guest>(door_, from, transport);
  const auto proven = co_await let_in(*stream, *guest);
  if (!proven) co_return;
  transport.expires_after(kAgentRequestLimit);
  beast::flat_buffer buffer(kAgentHeaderLimit + kAgentBodyLimit);
  agent_link::RequestParser parser;
  agent_link::set_limits(parser);
  const auto [unread, size] = co_await http::async_read(*stream, buffer, parser, as_value);
  const ClientPtr client = options_.clients.find(*proven);
  if (!client) co_return;  // its key was withdrawn meanwhile
  Call call(from, *proven, client, stream);
  std::optional<Response> response;
  auto request = unread ? std::unexpected(agent_link::unreadable(unread))
                        : agent_link::check_request(parser.release(), buffer.size());
  if (request) {
    call.request = std::move(*request);
    response = co_await answer(call);
  } else {
    spdlog::warn("{}: invalid request: {}", call.peer, request.error().reason);
    if (request.error().status != http::status::unknown) response = refusal(request.error());
  }
  if (!response) co_return;  // the peer is gone, or a watch has taken the stream
  transport.expires_after(kAgentRequestLimit);
  const auto [unsent, sent] = co_await http::async_write(*stream, *response, as_value);
  if (unsent) {
    spdlog::warn("{}: the reply was not sent: {}", call.peer, unsent.message());
    co_return;
  }
  transport.expires_after(kAgentGoodbyeLimit);
  co_await stream->async_shutdown(as_value);
}

}  // namespace rollcall::agent
