#include "probe/tripwires.hpp"

#include <array>
#include <boost/asio/this_coro.hpp>
#include <tuple>

#include "io/connecting.hpp"
#include "io/deadline.hpp"
#include "io/metered_socket.hpp"

namespace rollcall::probe {
namespace {

using namespace asio::experimental::awaitable_operators;
using Timer = asio::steady_timer;

// A peer that sends more is not idle.
constexpr io::Budget kIdleBudget{.octets = 65536, .pieces = 1024};

/// Returns when the connection ends, or cannot be made.
/// @param scarce set to true if our own host lacks the resources for it
asio::awaitable<void> idle_connection(Endpoint target, Duration limit, bool& scarce) {
  const auto executor = co_await asio::this_coro::executor;
  io::MeteredSocket socket(executor, kIdleBudget);
  io::Deadline deadline(executor, limit);
  const auto connected = co_await io::before(deadline, io::connect(socket.next_layer(), target));
  ErrorCode error = asio::error::timed_out;
  if (const auto* in_time = std::get_if<io::Connected>(&connected)) {
    error = in_time->error;
    scarce = is_shortage(error);
  }
  if (!error) io::keep_alive(socket.next_layer());
  std::array<char, 1024> unread;
  while (!error) {
    std::tie(error, std::ignore) = co_await socket.async_read_some(asio::buffer(unread), as_value);
  }
}

}  // namespace

asio::awaitable<Tripwires::End> Tripwires::hold(WireRequest wanted) {
  auto dropped = std::make_shared<Timer>(executor_, Timer::time_point::max());
  held_[wanted.wire] = dropped;
  return keep(std::move(wanted), std::move(dropped));
}

asio::awaitable<Tripwires::End> Tripwires::keep(WireRequest wanted, Dropped dropped) {
  bool scarce = false;
  if (wanted.service.empty()) {
    co_await (idle_connection(wanted.target, wanted.limit, scarce) ||
              dropped->async_wait(as_value));
  } else if (!wanted.connect) {
    co_await (streams_.watch(wanted.member, wanted.service) || dropped->async_wait(as_value));
  } else {
    co_await (idle_connection(wanted.target, wanted.limit, scarce) ||
              streams_.watch(wanted.member, wanted.service) || dropped->async_wait(as_value));
  }
  const auto found = held_.find(wanted.wire);
  if (found == held_.end() || found->second != dropped) co_return End::dropped;
  held_.erase(found);
  co_return scarce ? End::unknown : End::by_itself;
}

void Tripwires::drop(WireId wire) {
  const auto found = held_.find(wire);
  if (found == held_.end()) return;
  found->second->expires_at(Timer::time_point::min());
  held_.erase(found);
}

}  // namespace rollcall::probe
