#include "takeover/port_forwards.hpp"

#include <fmt/format.h>

#include "core/printable.hpp"
#include "core/trimmed.hpp"
#include "process/child_process.hpp"

namespace rollcall::takeover {
namespace {

constexpr Duration kNftLimit = std::chrono::seconds(5);
constexpr Duration kTurnLimit = std::chrono::seconds(15);

}  // namespace

asio::awaitable<void> PortForwards::wait_for_turn() {
  turn_.expires_after(kTurnLimit);
  while (busy_ && turn_.expiry() > std::chrono::steady_clock::now()) {
    co_await turn_.async_wait(as_value);
  }
}

asio::awaitable<Result<void>> PortForwards::apply(std::map<ForwardedPort, PortForward> wanted) {
  busy_ = true;
  // Released with this coroutine, however it ends.
  const auto ended = [this](const bool*) {
    busy_ = false;
    turn_.cancel();
  };
  const std::unique_ptr<const bool, decltype(ended)> mark(&busy_, ended);
  std::vector<PortForward> forwards;
  forwards.reserve(wanted.size());
  for (const auto& [port, forward] : wanted) forwards.push_back(forward);
  const auto result =
      co_await process::run_child(set_forwards(forwards, nameservers_), {.time = kNftLimit});
  if (!result) co_return fail(result.error().message());
  if (!result->succeeded()) {
    co_return fail(fmt::format("nft: {}", result->timed_out ? std::string("timed out")
                                                            : printable(trimmed(result->output))));
  }
  forwards_ = std::move(wanted);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> PortForwards::begin(ForwardedPort port, PortForward forward,
                                                  IpAddress nameserver) {
  co_await wait_for_turn();
  if (busy_) co_return fail("nft has not ended in time");
  const bool known = !nameservers_.insert(nameserver).second;
  const auto before = forwards_.find(port);
  if (known && before != forwards_.end() && before->second == forward) co_return Result<void>{};
  auto wanted = forwards_;
  wanted[port] = forward;
  co_return co_await apply(std::move(wanted));
}

asio::awaitable<Result<void>> PortForwards::end(ForwardedPort port) {
  co_await wait_for_turn();
  if (busy_) co_return fail("nft has not ended in time");
  auto wanted = forwards_;
  if (wanted.erase(port) == 0) co_return Result<void>{};
  co_return co_await apply(std::move(wanted));
}

asio::awaitable<Result<void>> PortForwards::end_all() {
  co_await wait_for_turn();
  std::map<ForwardedPort, PortForward> none;
  co_return co_await apply(std::move(none));
}

}  // namespace rollcall::takeover
