#include "transport/secondary_exchange.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "answer/notify.hpp"
#include "answer/soa_query.hpp"
#include "dns/message.hpp"
#include "dns/tsig.hpp"
#include "io/clock.hpp"
#include "io/endpoints.hpp"

namespace rollcall::transport {
namespace {

using asio::ip::udp;
using namespace asio::experimental::awaitable_operators;

constexpr std::size_t kMaxAnswer = 4096;  // octets; more than a SOA takes

bool is_answer(Bytes packet, Bytes message) {
  return packet.size() >= dns::kHeaderSize && load_u16(packet.data()) == load_u16(message.data()) &&
         (load_u16(packet.data() + dns::header::kFlags) & dns::flag::kQr) != 0;
}

dns::Rcode rcode_of(Bytes packet) {
  constexpr std::uint16_t kRcodeMask = 0x000f;
  return static_cast<dns::Rcode>(load_u16(packet.data() + dns::header::kFlags) & kRcodeMask);
}

transfer::ErrandEnd end_of(Bytes packet, bool sent, const std::string& problem) {
  transfer::ErrandEnd end{.answered = !packet.empty(), .sent = sent, .problem = problem};
  if (packet.empty()) return end;
  const dns::Rcode rcode = rcode_of(packet);
  end.refused = rcode == dns::Rcode::refused;
  if (rcode != dns::Rcode::noerror) end.problem = "answered with " + dns::rcode_name(rcode);
  return end;
}

}  // namespace

/// Empty packet: none came.
struct SecondaryExchange::Answer {
  std::vector<std::uint8_t> packet;
  std::string problem;
  bool sent = true;
};

ErrorCode SecondaryExchange::connect(udp::socket& socket, const Endpoint& secondary) const {
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

asio::awaitable<SecondaryExchange::Answer> SecondaryExchange::exchange(
    Endpoint secondary, std::vector<std::uint8_t> message, Duration limit) {
  udp::socket socket(executor_);
  Answer answer;
  if (const ErrorCode error = connect(socket, secondary)) {
    answer.problem = "no response (" + error.message() + ")";
    answer.sent = false;
    co_return answer;
  }
  asio::steady_timer timer(executor_, limit);
  co_await socket.async_send(asio::buffer(message), as_value);
  for (;;) {
    answer.packet.resize(kMaxAnswer);
    const auto result = co_await (socket.async_receive(asio::buffer(answer.packet), as_value) ||
                                  timer.async_wait(as_value));
    if (result.index() == 1) break;
    const auto [error, size] = std::get<0>(result);
    if (error) {
      // Nothing listens there at the moment: the next try comes as late as after silence.
      co_await timer.async_wait(as_value);
      break;
    }
    answer.packet.resize(size);
    if (is_answer(answer.packet, message)) co_return answer;
  }
  answer.packet.clear();
  answer.problem = "no response";
  co_return answer;
}

asio::awaitable<transfer::ErrandEnd> SecondaryExchange::notify(const zone::Zone& zone,
                                                               std::uint32_t serial,
                                                               Endpoint secondary,
                                                               std::optional<dns::TsigKey> key,
                                                               Duration limit) {
  const auto id = static_cast<std::uint16_t>(random_.next());
  std::vector<std::uint8_t> message(answer::kMaxNotifySize + dns::kMaxTsigSize);
  std::size_t size = answer::write_notify(zone, serial, id, message);
  if (key) size = dns::sign_request(*key, message, size, io::wall_now());
  message.resize(size);
  const Answer answer = co_await exchange(secondary, std::move(message), limit);
  transfer::ErrandEnd end = end_of(answer.packet, answer.sent, answer.problem);
  end.answered = end.answered && answer::answers_notify(answer.packet, id);
  co_return end;
}

asio::awaitable<transfer::ErrandEnd> SecondaryExchange::ask(dns::Name origin, Endpoint secondary,
                                                            Duration limit) {
  const auto id = static_cast<std::uint16_t>(random_.next());
  const Answer answer = co_await exchange(secondary, answer::write_soa_query(origin, id), limit);
  transfer::ErrandEnd end = end_of(answer.packet, answer.sent, answer.problem);
  end.serial = answer::read_soa_serial(origin, id, answer.packet);
  if (end.answered && !end.serial && end.problem.empty()) {
    end.problem = "answered without authority or a SOA";
  }
  co_return end;
}

}  // namespace rollcall::transport
