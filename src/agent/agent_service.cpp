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

/// The reply to a request that could not be read; nothing if the peer is gone.
std::optional<http::response<http::string_body>> unreadable(const ErrorCode& error) {
  if (error == http::error::header_limit) {
    return refusal(http::status::request_header_fields_too_large,
                   fmt::format("the header is over {} octets", kAgentHeaderLimit));
  }
  if (error == http::error::body_limit) {
    return refusal(http::status::payload_too_large,
                   fmt::format("the body is over {} octets", kAgentBodyLimit));
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
  if (error.category() == make_error_code(http::error::bad_method).category()) {
    return refusal(http::status::bad_request, "not HTTP: " + error.message());
  }
  return {};
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
  auto tls = agent_link::make_psk_context(agent_link::TlsRole::server, options_.key);
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

void AgentService::set_services(AllowList services, Duration time_limit) {
  watches_.keep_only(services);
  options_.services = std::move(services);
  options_.time_limit = time_limit;
  std::erase_if(last_, [&](const auto& entry) { return !options_.services.contains(entry.first); });
}

void AgentService::set_rights(takeover::NodeRights rights) {
  accepting_.start(actions_.set_rights(std::move(rights)));
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

Result<void> AgentService::set_key(const agent_link::PskKey& key) {
  if (key == options_.key) return {};
  auto tls = agent_link::make_psk_context(agent_link::TlsRole::server, key);
  if (!tls) return std::unexpected(tls.error());
  *tls_ = std::move(*tls);
  options_.key = key;
  door_->forget_known();
  watches_.cancel();
  return {};
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
  }
}

/// @return false if the connection was turned away
asio::awaitable<bool> AgentService::let_in(AgentStream& stream, AgentDoor::Guest& guest) {
  if (!guest.enter()) {
    guest.turn_away("all connections are in use");
    co_return false;
  }
  beast::get_lowest_layer(stream).expires_after(kAgentHandshakeLimit);
  const auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_value);
  // A handshake that began before the key was changed proves the old one.
  SSL* const ssl = stream.native_handle();
  const bool current = SSL_get_SSL_CTX(ssl) == tls_->native_handle();
  if (refused || !agent_link::psk_was_used(ssl) || !current) {
    guest.turn_away(refused ? refused.message() : "no shared key");
    co_return false;
  }
  guest.show_key();
  co_return true;
}

asio::awaitable<void> AgentService::serve(tcp::socket socket, Endpoint from) {
  const std::string peer = from.to_string();
  auto stream = std::make_unique<AgentStream>(beast::tcp_stream(std::move(socket)), *tls_);
  beast::tcp_stream& transport = beast::get_lowest_layer(*stream);

  ErrorCode ignored;
  transport.socket().set_option(tcp::no_delay(true), ignored);  // header and body are two writes

  const std::unique_ptr<AgentDoor::Guest> guest =
      std::make_unique<AgentDoor::Guest>(door_, from, transport);
  if (!co_await let_in(*stream, *guest)) co_return;
  transport.expires_after(kAgentRequestLimit);
  beast::flat_buffer buffer(kAgentHeaderLimit + kAgentBodyLimit);
  http::request_parser<http::string_body> parser;
  parser.header_limit(kAgentHeaderLimit);
  parser.body_limit(kAgentBodyLimit);
  const auto [unread, size] = co_await http::async_read(*stream, buffer, parser, as_value);
  std::optional<Response> response;
  if (unread) {
    spdlog::warn("{}: invalid request: {}", peer, unread.message());
    response = unreadable(unread);
  } else {
    Call call{.request = parser.release(), .peer = peer, .from = from.address, .stream = stream};
    response = co_await answer(call);
  }
  if (!response) co_return;  // the peer is gone, or a watch has taken the stream
  transport.expires_after(kAgentRequestLimit);
  const auto [unsent, sent] = co_await http::async_write(*stream, *response, as_value);
  if (unsent) {
    spdlog::warn("{}: the reply was not sent: {}", peer, unsent.message());
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
  const std::string_view target(call.request.target().data(), call.request.target().size());
  const auto route = std::ranges::find(routes(), target, &Route::path);
  const bool known = route != routes().end();
  if (known && route->method == call.request.method()) {
    co_return co_await (this->*route->handle)(call);
  }
  const std::string method(call.request.method_string());
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
  auto name = agent_link::read_service_request(call.request.body());
  if (!name) {
    spdlog::warn("{}: refused: {}", call.peer, name.error().message);
    return std::unexpected(refusal(http::status::bad_request, name.error().message));
  }
  if (!options_.services.contains(*name)) {
    spdlog::warn("{}: refused: {} is not in the allow-list", call.peer,
                 agent_link::quote_foreign(*name));
    return std::unexpected(refusal(
        http::status::not_found,
        fmt::format("service {} is not in the allow-list", agent_link::quote_foreign(*name))));
  }
  return std::move(*name);
}

AgentService::Answer AgentService::restart(Call& call) {
  auto name = read_service(call);
  if (!name) co_return std::move(name.error());
  if (stopping_) co_return refusal(http::status::service_unavailable, "the agent is stopping");
  if (!running_.insert(*name).second) {
    spdlog::warn("{}: refused to restart {}: already being restarted", call.peer, *name);
    co_return refusal(http::status::conflict, fmt::format("service {} is already being restarted",
                                                          agent_link::quote_foreign(*name)));
  }
  // Released with this coroutine, however it ends: a cancelled restart no longer counts as running.
  const auto ended = [this](const std::string* running) {
    running_.erase(*running);
    if (running_.empty()) idle_.cancel();
  };
  const std::unique_ptr<const std::string, decltype(ended)> mark(&*name, ended);
  spdlog::info("{}: restarting {}", call.peer, *name);
  agent_link::RestartReport report =
      co_await run_restart(options_.services.at(*name), options_.time_limit);
  spdlog::log(report.ok ? spdlog::level::info : spdlog::level::warn, "{}: {} {}", call.peer, *name,
              agent_link::result_text(report));
  auto response = json_response(http::status::ok, agent_link::to_json(report));
  if (options_.services.contains(*name)) last_[*name] = std::move(report);
  co_return response;
}

/// @return the refusal; nothing if the watch has begun and has taken the stream
AgentService::Answer AgentService::watch(Call& call) {
  auto name = read_service(call);
  if (!name) co_return std::move(name.error());
  const RestartRecipe recipe = options_.services.at(*name);
  auto process = co_await open_service_process(recipe, readers_);
  if (!process) {
    spdlog::info("{}: cannot watch {}: {}", call.peer, *name, process.error().message);
    co_return refusal(http::status::conflict,
                      fmt::format("service {} cannot be watched: {}",
                                  agent_link::quote_foreign(*name), process.error().message));
  }
  // Things may have changed during the search.
  const auto now = options_.services.find(*name);
  const bool same = now != options_.services.end() && now->second == recipe;
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
                  .service = std::move(*name),
                  .recipe = recipe,
                  .process = std::move(*process)},
                 std::move(begun));
  co_return std::nullopt;
}

/// Floating addresses and forwards.
AgentService::Answer AgentService::act(Call& call) {
  if (stopping_) co_return refusal(http::status::service_unavailable, "the agent is stopping");
  const auto done = co_await actions_.answer(std::string(call.request.target()),
                                             call.request.body(), call.peer, call.from);
  if (done) co_return json_response(http::status::ok, agent_link::to_json(*done));
  co_return refusal(static_cast<http::status>(done.error().status), done.error().reason);
}

AgentService::Answer AgentService::status(Call& call) {
  spdlog::info("{}: status", call.peer);
  json::object services;
  for (const auto& [name, recipe] : options_.services) {
    json::object service;
    if (!recipe.unit.empty()) service["unit"] = recipe.unit;
    if (!recipe.script.empty()) service["script"] = recipe.script;
    service["restarting"] = running_.contains(name);
    const auto last = last_.find(name);
    service["last"] =
        last == last_.end() ? json::value(nullptr) : agent_link::to_json(last->second);
    services[name] = std::move(service);
  }
  co_return json_response(http::status::ok, {{"version", ROLLCALL_VERSION},
                                             {"services", std::move(services)},
                                             {"watches", watches_.size()}});
}

}  // namespace rollcall::agent
