#include "transport/notify_sender.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "answer/notify.hpp"
#include "dns/message.hpp"
#include "dns/tsig.hpp"
#include "io/clock.hpp"
#include "io/endpoints.hpp"

namespace rollcall::transport {
namespace {

using asio::ip::udp;
using namespace asio::experimental::awaitable_operators;

/// @return true where the answer to `id` came within `limit`
asio::awaitable<bool> answered(udp::socket& socket, std::uint16_t id,
                               std::chrono::milliseconds limit) {
  asio::steady_timer timer(socket.get_executor(), limit);
  for (;;) {
    std::array<std::uint8_t, 512> packet;
    const auto result = co_await (socket.async_receive(asio::buffer(packet), as_value) ||
                                  timer.async_wait(as_value));
    if (result.index() == 1) co_return false;
    const auto [error, size] = std::get<0>(result);
    if (error) {
      // Nothing listens there at the moment: the next try comes as late as after silence.
      co_await timer.async_wait(as_value);
      co_return false;
    }
    if (answer::answers_notify(Bytes(packet).first(size), id)) co_return true;
  }
}

}  // namespace

NotifySender::NotifySender(asio::any_io_executor executor, std::vector<IpAddress> sources,
                           std::uint64_t seed)
    : executor_(executor), sources_(std::move(sources)), random_(seed), tasks_(executor) {}

ErrorCode NotifySender::connect(udp::socket& socket, const Endpoint& secondary) const {
  ErrorCode error;
  socket.open(io::to_udp(secondary).protocol(), error);
  for (const IpAddress& source : sources_) {
    if (error || source.family() != secondary.address.family()) continue;
    socket.bind(io::to_udp({source, 0}), error);
    if (error != boost::system::errc::address_not_available) break;
    error.clear();  // an address that this host does not have yet (server.listen_when_absent)
  }
  if (!error) socket.connect(io::to_udp(secondary), error);
  return error;
}

void NotifySender::send(std::shared_ptr<const zone::Zone> zone, std::uint32_t serial,
                        const zone::Secondary& secondary, std::optional<dns::TsigKey> key) {
  const std::uint64_t turn = ++last_turn_;
  turns_[{zone->origin().to_text(), secondary.address}] = turn;
  tasks_.start(run(std::move(zone), serial, secondary.address, std::move(key), turn));
}

asio::awaitable<void> NotifySender::run(std::shared_ptr<const zone::Zone> zone,
                                        std::uint32_t serial, Endpoint secondary,
                                        std::optional<dns::TsigKey> key, std::uint64_t turn) {
  const Key place{zone->origin().to_text(), secondary};
  co_await tell(std::move(zone), serial, secondary, std::move(key), turn);
  if (is_newest(place, turn)) turns_.erase(place);
}

bool NotifySender::is_newest(const Key& place, std::uint64_t turn) const {
  const auto newest = turns_.find(place);
  return newest != turns_.end() && newest->second == turn;
}

asio::awaitable<void> NotifySender::tell(std::shared_ptr<const zone::Zone> zone,
                                         std::uint32_t serial, Endpoint secondary,
                                         std::optional<dns::TsigKey> key, std::uint64_t turn) {
  const Key place{zone->origin().to_text(), secondary};
  const auto id = static_cast<std::uint16_t>(random_.next());
  std::array<std::uint8_t, answer::kMaxNotifySize + dns::kMaxTsigSize> packet;
  const std::size_t unsigned_size = answer::write_notify(*zone, serial, id, packet);
  udp::socket socket(executor_);
  const ErrorCode error = connect(socket, secondary);
  for (const std::chrono::milliseconds wait : kNotifyWaits) {
    if (!error) {
      // Signed anew at each try: a signature bears the time.
      store_u16(packet.data() + dns::header::kArcount, 0);
      const std::size_t size =
          key ? dns::sign_request(*key, packet, unsigned_size, io::wall_now()) : unsigned_size;
      if (key) store_u16(packet.data() + dns::header::kArcount, 1);
      co_await socket.async_send(asio::buffer(packet.data(), size), as_value);
      if (co_await answered(socket, id, wait)) co_return;
    }
    if (!is_newest(place, turn)) co_return;  // a newer serial is being told
    if (error) break;
  }
  spdlog::warn("NOTIFY {} serial {} to {}: no response{}", zone->origin().to_display(), serial,
               secondary.to_string(), error ? " (" + error.message() + ")" : "");
}

}  // namespace rollcall::transport
