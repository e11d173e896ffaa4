#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <boost/asio/ip/udp.hpp>

#include "dns/message.hpp"
#include "server/dns_exchange.hpp"
#include "server/endpoints.hpp"
#include "server/probes.hpp"

namespace rollcall::server {
namespace {

using asio::ip::udp;

/// Of a port that is closed its host tells by ICMP, and the kernel as of a refused connection.
Outcome failed(const std::string& step, const ErrorCode& error) {
  const bool refused = error == asio::error::connection_refused;
  Outcome outcome = bad(step + ": " + (refused ? "connection refused" : error.message()));
  outcome.refused = refused;
  return outcome;
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
  if (error) co_return failed("connect", error);
  const std::vector<std::uint8_t> question = write_question(check, id);
  if (const auto [unsent, n] = co_await socket.async_send(asio::buffer(question), as_value);
      unsent) {
    co_return failed("send", unsent);
  }
  std::array<std::uint8_t, dns::kEdnsUdpSize> packet;
  while (true) {
    const auto [unheard, size] = co_await socket.async_receive(asio::buffer(packet), as_value);
    if (unheard) co_return failed("reply", unheard);
    const auto verdict = judge_reply(check, id, Bytes(packet).first(size));
    if (verdict) co_return *verdict ? good() : bad(verdict->error().message);
  }
}

}  // namespace

asio::awaitable<Outcome> probe_dns(const roster::StartProbe& request) {
  const auto& check = std::get<health::DnsCheck>(request.check->how);
  return ask(request, check);
}

}  // namespace rollcall::server
