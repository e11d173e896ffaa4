#include "agent/agent_service.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "core/fault.hpp"
#include "core/lasting_failure.hpp"
#include "core/printable_json.hpp"
#include "io/clock.hpp"
#include "io/endpoints.hpp"

namespace rollcall::agent {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;

constexpr Duration kDoorInterval = std::chrono::milliseconds(250);
constexpr Duration kJoinLimit = std::chrono::seconds(15);
constexpr const char* kServerName = "rollcall-agent/" ROLLCALL_VERSION;

http::response<http::string_body> json_response(http::status status, const json::object& body) {
  http::response<http::string_body> response(status, 11);
  response.set(http::field::server, kServerName);
  response.set(http::field::content_type, "application/json");
  response.set(http::field::cache_control, "no-store");
  response.body() = printable_json(body) + "\n";
  response.keep_alive(false);
  response.prepare_payload();
  return response;
}

http::response<http::string_body> refusal(http::status status, std::string reason) {
  return json_response(status, {{"ok", false}, {"error", std::move(reason)}});
}

http::response<http::string_body> refusal(agent_link::RequestProblem problem) {
  return refusal(problem.status, std::move(problem.reason));
}

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

std::span<const AgentService::Route> AgentService::routes() {
  static constexpr std::array kRoutes{
      Route{agent_link::kRestartPath, http::verb::post, &AgentService::restart},
      Route{agent_link::kWatchPath, http::verb::post, &AgentService::watch},
      Route{agent_link::kStatusPath, http::verb::get, &AgentService::status},
      Route{agent_link::kLookPath, http::verb::post, &AgentService::act},
      Route{agent_link::kTakePath, http::verb::post, &AgentService::act},
      Route{agent_link::kGiveBackPath, http::verb::post, &AgentService::act},
      Route{agent_link::kForwardPath, http::verb::post, &AgentService::act},
      Route{agent_link::kEndForwardPath, http::verb::post, &AgentService::act},
  };
  return kRoutes;
}

AgentService::Answer AgentService::answer(Call& call) {
  const std::string_view target = call.request.path;
  const auto route = std::ranges::find(routes(), target, &Route::path);
  const bool known = route != routes().end();
  if (known && route->method == call.request.method) {
    co_return co_await (this->*route->handle)(call);
  }
  const std::string& method = call.request.method_text;
  spdlog::warn("{}: refused {} {}", call.peer, agent_link::quote_foreign(method),
               agent_link::quote_foreign(target));
  if (!known)
    co_return refusal(http::status::not_found,
                      "no such path: " + agent_link::quote_foreign(target));
  auto response =
      refusal(http::status::method_not_allowed,
              fmt::format("{} does not support {}", target, agent_link::quote_foreign(method)));
  response.set(http::field::allow, http::to_string(route->method));
  co_return response;
}

/// The requested service of the allow-list; else the refusal to reply.
std::expected<std::string, AgentService::Response> AgentService::read_service(
    const Call& call) const {
  auto name = agent_link::read_service_request(call.request.body);
  if (!name) {
    spdlog::warn("{}: refused: {}", call.peer, name.error().message);
    return std::unexpected(refusal(http::status::bad_request, name.error().message));
  }
  if (!options_.services.contains(*name) || !call.client->may_ask_for(*name)) {
    const std::string why = fmt::format("service {} is not in the allow-list of {}",
                                        agent_link::quote_foreign(*name), call.client->name);
    spdlog::warn("{}: refused: {}", call.peer, why);
    return std::unexpected(refusal(http::status::not_found, why));
  }
  return std::move(*name);
}

AgentService::Answer AgentService::restart(Call& call) {
  auto name = read_service(call);
  if (!name) co_return std::move(name.error());
  const std::string& key = call.request.repeat_key;
  if (!key.empty()) {
    auto first = results_.find(call.client->name, key, io::monotonic_now());
    if (first) co_return co_await repeat(call, std::move(first), *name);
  }
  if (stopping_) co_return refusal(http::status::service_unavailable, "the agent is stopping");
  if (!running_.insert(*name).second) {
    spdlog::warn("{}: refused to restart {}: already being restarted", call.peer, *name);
    co_return refusal(http::status::conflict, fmt::format("service {} is already being restarted",
                                                          agent_link::quote_foreign(*name)));
  }
  RestartResults::EntryPtr result;
  if (!key.empty()) result = results_.begin(executor_, call.client->name, key, *name);
  std::optional<agent_link::RestartReport> report;
  // Released with this coroutine, however it ends: a cancelled restart no longer counts as running.
  const auto ended = [this, &result, &report](const std::string* running) {
    running_.erase(*running);
    if (running_.empty()) idle_.cancel();
    if (result) RestartResults::end(*result, report, io::monotonic_now());
  };
  const std::unique_ptr<const std::string, decltype(ended)> mark(&*name, ended);
  spdlog::info("{}: restarting {}", call.peer, *name);
  report =
      co_await service::run_restart(options_.services.at(*name), readers_, options_.time_limit);
  spdlog::log(report->ok ? spdlog::level::info : spdlog::level::warn, "{}: {} {}", call.peer, *name,
              agent_link::result_text(*report));
  if (options_.services.lists(*name)) {
    LastRestart& last = last_[*name];
    last.report = *report;
    last.ended = io::monotonic_now();
  }
  co_return json_response(http::status::ok, agent_link::to_json(*report));
}

/// The reply to a restart that was asked for before: that of the first time, once it has ended.
AgentService::Answer AgentService::repeat(Call& call, RestartResults::EntryPtr first,
                                          const std::string& service) {
  if (first->service != service) {
    spdlog::warn("{}: refused: an {} of another service", call.peer, agent_link::kRepeatHeader);
    co_return refusal(http::status::conflict,
                      fmt::format("this {} belongs to another service", agent_link::kRepeatHeader));
  }
  spdlog::info("{}: asks again for the restart of {}", call.peer, service);
  if (first->running) co_await first->ended.async_wait(as_value);
  if (first->report) {
    co_return json_response(http::status::ok, agent_link::to_json(*first->report));
  }
  co_return refusal(http::status::service_unavailable, "the restart was cut off");
}

/// @return the refusal; nothing if the watch has begun and has taken the stream
AgentService::Answer AgentService::watch(Call& call) {
  auto name = read_service(call);
  if (!name) co_return std::move(name.error());
  const service::RestartRecipe recipe = options_.services.at(*name);
  auto process = co_await service::open_service_process(recipe, readers_);
  if (!process) {
    spdlog::info("{}: cannot watch {}: {}", call.peer, *name, process.error().message);
    co_return refusal(http::status::conflict,
                      fmt::format("service {} cannot be watched: {}",
                                  agent_link::quote_foreign(*name), process.error().message));
  }
  // Things may have changed during the search.
  const auto now = options_.services.find(*name);
  const bool same = now != options_.services.end() && now->second == recipe &&
                    options_.clients.find(call.proven) == call.client;
  if (stopping_ || !same || watches_.size() >= kAgentWatchLimit) {
    co_return refusal(http::status::service_unavailable,
                      stopping_ ? "the agent is stopping"
                      : !same   ? "the service has just changed"
                                : fmt::format("{} watches are open", kAgentWatchLimit));
  }
  auto begun = json_response(http::status::ok, {{"ok", true}, {"pid", process->pid}});
  begun.erase(http::field::content_length);  // the end of the connection is the end of the body
  watches_.start({.stream = std::move(call.stream),
                  .peer = call.peer,
                  .proven = call.proven,
                  .service = std::move(*name),
                  .recipe = recipe,
                  .process = std::move(*process)},
                 std::move(begun));
  co_return std::nullopt;
}

AgentService::Answer AgentService::act(Call& call) {
  if (stopping_) co_return refusal(http::status::service_unavailable, "the agent is stopping");
  // By name: g++ 12 destroys a temporary aggregate in co_await twice.
  Asker asker;
  asker.name = call.peer;
  asker.from = call.from;
  asker.client = call.client;
  const auto done =
      co_await actions_.answer(call.request.path, call.request.body, std::move(asker));
  if (done) co_return json_response(http::status::ok, agent_link::to_json(*done));
  co_return refusal(static_cast<http::status>(done.error().status), done.error().reason);
}

AgentService::Answer AgentService::status(Call& call) {
  spdlog::debug("{}: status", call.peer);
  NodeState node = co_await look_at_node(options_.state_file, readers_);
  co_return json_response(http::status::ok, agent_link::to_json(report(call, std::move(node))));
}

}  // namespace rollcall::agent
