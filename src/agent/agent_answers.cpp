/// AgentService: what it answers to each request.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "agent/agent_responses.hpp"
#include "agent/agent_service.hpp"
#include "core/printable_json.hpp"
#include "io/clock.hpp"

namespace rollcall::agent {
namespace {

namespace http = boost::beast::http;
namespace json = boost::json;

constexpr const char* kServerName = "rollcall-agent/" ROLLCALL_VERSION;

}  // namespace

AgentResponse json_response(http::status status, const json::object& body) {
  AgentResponse response(status, 11);
  response.set(http::field::server, kServerName);
  response.set(http::field::content_type, "application/json");
  response.set(http::field::cache_control, "no-store");
  response.body() = printable_json(body) + "\n";
  response.keep_alive(false);
  response.prepare_payload();
  return response;
}

AgentResponse refusal(http::status status, std::string reason) {
  return json_response(status, {{"ok", false}, {"error", std::move(reason)}});
}

AgentResponse refusal(agent_link::RequestProblem problem) {
  return refusal(problem.status, std::move(problem.reason));
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
