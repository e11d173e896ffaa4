#include <fmt/format.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "dns/message.hpp"
#include "health/dns_exchange.hpp"
#include "io/connecting.hpp"
#include "io/endpoints.hpp"
#include "io/random.hpp"
#include "probe/probes.hpp"

namespace rollcall::probe {
namespace {

using asio::ip::tcp;
using asio::ip::udp;

// The socket is new and connected to the member: more replies than this to other questions are
// guesses of an attacker who forges the member's address, not late replies.
constexpr unsigned kMaxOtherReplies = 64;

std::string words(const ErrorCode& error) {
  return error == asio::error::connection_refused ? "connection refused" : error.message();
}

/// A closed port is reported by ICMP, which the kernel turns into a refused connection.
Outcome failed(const std::string& step, const ErrorCode& error) {
  Outcome outcome = bad(step + words(error));
  outcome.refused = error == asio::error::connection_refused;
  return outcome;
}

/// A step has failed: a bad outcome if the member or the path is at fault, else no outcome.
Outcome failed(Step when, const std::string& step, const Endpoint& target, const ErrorCode& error) {
  if (fault_of(when, error) != Fault::own_host) return failed(step + ": ", error);
  return unasked(fmt::format("{} to {}", step, target.to_string()), error);
}

Outcome to_outcome(const Result<void>& verdict) {
  return verdict ? good() : bad(verdict.error().message);
}

/// RFC 2181 section 9: after a truncated reply over UDP, the question is repeated over TCP. One
/// reply is read, of at most 64 KiB.
asio::awaitable<Outcome> ask_by_tcp(const Request& request, const health::DnsCheck& check,
                                    std::uint16_t id, bool edns, io::Deadline& deadline) {
  tcp::socket socket(co_await asio::this_coro::executor);
  const io::Deadline::Closes closes(deadline, [&socket] {
    ErrorCode ignored;
    socket.close(ignored);
  });
  deadline.waits_for("TCP");
  const Endpoint target = request.target;
  if (const io::Connected connected = co_await io::connect(socket, target); connected.error) {
    co_return failed(connected.step, "TCP: connect", target, connected.error);
  }
  std::vector<std::uint8_t> question = health::write_question(check, id, edns);
  const auto size = static_cast<std::uint16_t>(question.size());
  question.insert(question.begin(),
                  {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)});
  if (const auto [lost, n] = co_await asio::async_write(socket, asio::buffer(question), as_value);
      lost) {
    co_return failed(Step::later, "TCP: send", target, lost);
  }
  std::vector<std::uint8_t> packet(dns::kLengthSize);
  for (bool length_known = false;; length_known = true) {
    if (const auto [lost, n] = co_await asio::async_read(socket, asio::buffer(packet), as_value);
        lost) {
      co_return failed(Step::later, "TCP: reply", target, lost);
    }
    if (length_known) break;
    packet.resize(load_u16(packet.data()));
  }
  const auto verdict = health::judge_reply(check, id, packet);
  co_return verdict ? to_outcome(*verdict) : bad("TCP: reply to another question");
}

asio::awaitable<Outcome> ask_by_udp(const Request& request, const health::DnsCheck& check,
                                    io::Deadline& deadline) {
  const auto drawn = io::random_value<std::uint16_t>();
  if (!drawn) co_return unasked("no random numbers", drawn.error());
  std::uint16_t id = *drawn;
  udp::socket socket(co_await asio::this_coro::executor);
  const io::Deadline::Closes closes(deadline, [&socket] {
    ErrorCode ignored;
    socket.close(ignored);
  });
  const Endpoint target = request.target;
  std::vector<std::uint8_t> question;
  ErrorCode error;
  socket.open(io::to_udp(target).protocol(), error);
  // A connected socket receives from its peer only, and learns of a closed port.
  if (!error) socket.connect(io::to_udp(target), error);
  if (error) co_return failed(Step::begin, "connect", target, error);
  const auto send = [&](bool edns) {
    question = health::write_question(check, id, edns);
    return socket.async_send(asio::buffer(question), as_value);
  };
  bool edns = true;
  if (const auto [lost, n] = co_await send(edns); lost) {
    co_return failed(Step::later, "send", target, lost);
  }
  std::array<std::uint8_t, dns::kEdnsUdpSize> packet;
  for (unsigned strays = 0; strays <= kMaxOtherReplies; ++strays) {
    const auto [unheard, size] = co_await socket.async_receive(asio::buffer(packet), as_value);
    if (unheard) co_return failed(Step::later, "reply", target, unheard);
    const Bytes reply = Bytes(packet).first(size);
    const auto verdict = health::judge_reply(check, id, reply);
    if (!verdict) continue;
    if (edns && health::refuses_edns(check, reply)) {
      edns = false;
      ++id;  // a late copy of that reply must not answer this question
      if (const auto [lost, n] = co_await send(edns); lost) {
        co_return failed(Step::later, "send", target, lost);
      }
      continue;
    }
    if (*verdict || !health::is_truncated(reply)) co_return to_outcome(*verdict);
    co_return co_await ask_by_tcp(request, check, id, edns, deadline);
  }
  co_return bad(fmt::format("more than {} replies to other questions", kMaxOtherReplies));
}

}  // namespace

asio::awaitable<Outcome> probe_dns(const Request& request, io::Deadline& deadline) {
  const auto& check = std::get<health::DnsCheck>(request.check->how);
  return ask_by_udp(request, check, deadline);
}

}  // namespace rollcall::probe
