#include "agent_link/agent_streams.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "agent_link/agent_client.hpp"

namespace rollcall::agent_link {

asio::awaitable<void> AgentStreams::watch(IpAddress member, std::string service) {
  const Watched watched(member, std::move(service));
  asio::steady_timer pause(co_await asio::this_coro::executor);
  while (true) {
    const Result<void> stood = co_await try_once(watched);
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    if (stood || cancelled.cancelled() != asio::cancellation_type::none) co_return;
    tell_failure(watched, stood.error().message);
    pause.expires_after(pause_);
    co_await pause.async_wait(as_value);
  }
}

asio::awaitable<Result<void>> AgentStreams::try_once(const Watched& watched) {
  const auto tls = context(watched.first);
  if (!tls) co_return std::unexpected(tls.error());
  co_return co_await watch_service(agents_.agent_of(watched.first), **tls, watched.second,
                                   [this, &watched] { tell_success(watched); });
}

Result<std::shared_ptr<asio::ssl::context>> AgentStreams::context(const IpAddress& member) {
  const NamedKey* key = agents_.key_of(member);
  if (key == nullptr) return fail(kNoKey);
  if (shared_ && key_ == *key) return shared_;
  auto made = make_psk_context(TlsRole::client, {*key});
  if (!made) return std::unexpected(made.error());
  auto context = std::make_shared<asio::ssl::context>(std::move(*made));
  if (agents_.key && *agents_.key == *key) {
    shared_ = context;
    key_ = *key;
  }
  return context;
}

void AgentStreams::tell_failure(const Watched& watched, const std::string& reason) {
  if (!told_.insert(watched).second) return;
  spdlog::warn("{}: the agent does not watch {}; asking again every minute: {}",
               watched.first.to_string(), watched.second, reason);
}

void AgentStreams::tell_success(const Watched& watched) {
  if (told_.erase(watched) == 0) return;
  spdlog::info("{}: the agent now watches {}", watched.first.to_string(), watched.second);
}

}  // namespace rollcall::agent_link
