#include "agent/agent_watch.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/write.hpp>

#include "agent_link/agent_protocol.hpp"
#include "io/connecting.hpp"

namespace rollcall::agent {
namespace {

namespace beast = boost::beast;
using namespace asio::experimental::awaitable_operators;
using Timer = asio::steady_timer;
using asio::ip::tcp;

constexpr Duration kWriteLimit = std::chrono::seconds(10);

/// Waits until the process ends, the peer closes, or `revoked` expires. The peer sends nothing
/// more, so a successful read means that it closes.
/// @return true if the process has ended
asio::awaitable<bool> process_ended(asio::posix::stream_descriptor& process, tcp::socket& peer,
                                    Timer& revoked) {
  const auto first =
      co_await (process.async_wait(asio::posix::stream_descriptor::wait_read, as_value) ||
                peer.async_wait(tcp::socket::wait_read, as_value) || revoked.async_wait(as_value));
  if (first.index() != 0) co_return false;
  const auto [error] = std::get<0>(first);
  co_return !error;
}

}  // namespace

void AgentWatches::start(AgentWatch watch, AgentResponse begun) {
  const auto open =
      open_.insert(open_.end(), Open{std::move(watch), Timer(executor_, Timer::time_point::max())});
  tasks_.start(run(open, std::move(begun)));
}

void AgentWatches::keep_only(const std::function<bool(const AgentWatch&)>& may_go_on) {
  for (Open& open : open_) {
    if (!may_go_on(open.watch)) open.revoked.expires_at(Timer::time_point::min());
  }
}

asio::awaitable<void> AgentWatches::run(std::list<Open>::iterator open, AgentResponse begun) {
  const auto forget = [this, open](const AgentWatch*) { open_.erase(open); };
  const std::unique_ptr<const AgentWatch, decltype(forget)> mark(&open->watch, forget);
  AgentWatch& watch = open->watch;
  beast::tcp_stream& transport = beast::get_lowest_layer(*watch.stream);

  spdlog::debug("{}: watches {}, process {}", watch.peer, watch.service, watch.process.pid);
  io::keep_alive(transport.socket());
  transport.expires_after(kWriteLimit);
  const auto [unsent, size] = co_await beast::http::async_write(*watch.stream, begun, as_value);
  if (unsent) {
    spdlog::warn("{}: the reply was not sent: {}", watch.peer, unsent.message());
    co_return;
  }
  transport.expires_never();
  asio::posix::stream_descriptor process(executor_, watch.process.end.release());
  const bool ended = co_await process_ended(process, transport.socket(), open->revoked);
  if (ended) {
    spdlog::info("{}: {} has ended, process {}", watch.peer, watch.service, watch.process.pid);
    transport.expires_after(kWriteLimit);
    co_await asio::async_write(
        *watch.stream, asio::buffer(agent_link::kWatchEnded.data(), agent_link::kWatchEnded.size()),
        as_value);
  } else {
    spdlog::debug("{}: no longer watches {}", watch.peer, watch.service);
  }
  transport.expires_after(kAgentGoodbyeLimit);
  co_await watch.stream->async_shutdown(as_value);
}

}  // namespace rollcall::agent
