#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "dns/message.hpp"
#include "server/dns_exchange.hpp"
#include "server/endpoints.hpp"
#include "server/probes.hpp"
#include "server/shortage.hpp"

namespace rollcall::server {
namespace {

using asio::ip::tcp;
using asio::ip::udp;

constexpr std::size_t kLengthSize = 2;  // RFC 1035 section 4.2.2

std::string words(const ErrorCode& error) {
  return error == asio::error::connection_refused ? "connection refused" : error.message();
}

/// Of a port that is closed its host tells by ICMP, and the kernel as of a refused connection.
Outcome failed(const std::string& step, const ErrorCode& error) {
  Outcome outcome = bad(step + words(error));
  outcome.refused = error == asio::error::connection_refused;
  return outcome;
}

/// What failed before the question was on its way.
Outcome unsent(const std::string& step, const ErrorCode& error) {
  return is_shortage(error) ? unknown(error.message()) : failed(step, error);
}

Outcome to_outcome(const Result<void>& verdict) {
  return verdict ? good() : bad(verdict.error().message);
}

/// RFC 2181 section 9: what was cut short over UDP is asked for once more over TCP.
asio::awaitable<Outcome> ask_by_tcp(const roster::StartProbe& request,
                                    const health::DnsCheck& check, std::uint16_t id) {
  tcp::socket socket(co_await asio::this_coro::executor);
  if (const auto [failed] = co_await socket.async_connect(to_tcp(request.target), as_value);
      failed) {
    co_return unsent("TCP: connect: ", failed);
  }
  std::vector<std::uint8_t> question = write_question(check, id);
  const auto size = static_cast<std::uint16_t>(question.size());
  question.insert(question.begin(),
                  {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)});
  if (const auto [failed, n] = co_await asio::async_write(socket, asio::buffer(question), as_value);
      failed) {
    co_return bad("TCP: send: " + words(failed));
  }
  std::vector<std::uint8_t> packet(kLengthSize);
  for (bool length_known = false;; length_known = true) {
    if (const auto [failed, n] = co_await asio::async_read(socket, asio::buffer(packet), as_value);
        failed) {
      co_return bad("TCP: reply: " + words(failed));
    }
    if (length_known) break;
    packet.resize(load_u16(packet.data()));
  }
  const auto verdict = judge_reply(check, id, packet);
  co_return verdict ? to_outcome(*verdict) : bad("TCP: the reply is to another question");
}

asio::awaitable<Outcome> ask(const roster::StartProbe& request, const health::DnsCheck& check) {
  std::uint16_t id = 0;
  static_cast<void>(::getrandom(&id, sizeof id, 0));
  udp::socket socket(co_await asio::this_coro::executor);
  const udp::endpoint target = to_udp(request.target);
  ErrorCode error;
  socket.open(target.protocol(), error);
  // A connected socket hears its peer alone, and of a port that is closed.
  if (!error) socket.connect(target, error);
  if (error) co_return unsent("connect: ", error);
  const std::vector<std::uint8_t> question = write_question(check, id);
  if (const auto [lost, n] = co_await socket.async_send(asio::buffer(question), as_value); lost) {
    co_return unsent("send: ", lost);
  }
  std::array<std::uint8_t, dns::kEdnsUdpSize> packet;
  while (true) {
    const auto [unheard, size] = co_await socket.async_receive(asio::buffer(packet), as_value);
    if (unheard) co_return failed("reply: ", unheard);
    const Bytes reply = Bytes(packet).first(size);
    const auto verdict = judge_reply(check, id, reply);
    if (!verdict) continue;
    if (!*verdict && is_truncated(reply)) co_return co_await ask_by_tcp(request, check, id);
    co_return to_outcome(*verdict);
  }
}

}  // namespace

asio::awaitable<Outcome> probe_dns(const roster::StartProbe& request) {
  const auto& check = std::get<health::DnsCheck>(request.check->how);
  return ask(request, check);
}

}  // namespace rollcall::server
