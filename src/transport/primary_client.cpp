#include "transport/primary_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "dns/message.hpp"
#include "io/clock.hpp"
#include "io/endpoints.hpp"

namespace rollcall::transport {
namespace {

using asio::ip::tcp;
using asio::ip::udp;
using namespace asio::experimental::awaitable_operators;
using SteadyTime = std::chrono::steady_clock::time_point;
using Message = std::vector<std::uint8_t>;

asio::ip::udp::endpoint endpoint_for(const udp::socket&, const Endpoint& at) {
  return io::to_udp(at);
}
asio::ip::tcp::endpoint endpoint_for(const tcp::socket&, const Endpoint& at) {
  return io::to_tcp(at);
}

/// The error of an exchange that has no time left, or failed.
Error ended(std::string_view step, const ErrorCode& error) {
  return {error ? fmt::format("{}: {}", step, error.message())
                : fmt::format("{}: timed out", step)};
}

/// Writes the request behind its length. @return nothing where it is written
asio::awaitable<std::optional<Error>> send_message(tcp::socket& socket, const Message& request,
                                                   SteadyTime until) {
  Message octets{static_cast<std::uint8_t>(request.size() >> 8),
                 static_cast<std::uint8_t>(request.size())};
  octets.insert(octets.end(), request.begin(), request.end());
  asio::steady_timer limit(socket.get_executor(), until);
  const auto result = co_await (asio::async_write(socket, asio::buffer(octets), as_value) ||
                                limit.async_wait(as_value));
  if (result.index() == 1) co_return ended("request", ErrorCode());
  const auto [error, size] = std::get<0>(result);
  if (error) co_return ended("request", error);
  co_return std::nullopt;
}

asio::awaitable<ErrorCode> read_whole(tcp::socket& socket, Message& message) {
  std::array<std::uint8_t, dns::kLengthSize> length{};
  const auto [no_length, n] = co_await asio::async_read(socket, asio::buffer(length), as_value);
  if (no_length) co_return no_length;
  message.resize(load_u16(length.data()));
  const auto [cut, m] = co_await asio::async_read(socket, asio::buffer(message), as_value);
  co_return cut;
}

/// Reads the next message. @return nothing where it is there
asio::awaitable<std::optional<Error>> read_message(tcp::socket& socket, Message& message,
                                                   SteadyTime until) {
  asio::steady_timer limit(socket.get_executor(), until);
  const auto result = co_await (read_whole(socket, message) || limit.async_wait(as_value));
  if (result.index() == 1) co_return ended("answer", ErrorCode());
  if (const ErrorCode error = std::get<0>(result)) {
    if (error == asio::error::eof) co_return Error{"the primary closed the connection"};
    co_return ended("answer", error);
  }
  co_return std::nullopt;
}

asio::awaitable<std::optional<Error>> connect_to(tcp::socket& socket, const Endpoint& primary,
                                                 SteadyTime until) {
  asio::steady_timer limit(socket.get_executor(), until);
  const auto result =
      co_await (socket.async_connect(io::to_tcp(primary), as_value) || limit.async_wait(as_value));
  if (result.index() == 1) co_return ended("connect", ErrorCode());
  if (const auto [error] = std::get<0>(result); error) co_return ended("connect", error);
  co_return std::nullopt;
}

/// Looks after the speed of one transfer: after each span of time, whether it brought enough.
class Pace {
 public:
  explicit Pace(const PrimaryLimits& limits)
      : limits_(limits), ends_(std::chrono::steady_clock::now() + limits.span) {}

  /// @param octets that have come since the transfer began
  bool is_too_slow(std::uint64_t octets) {
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now < ends_) return false;
    const bool slow = octets - before_ < limits_.span_octets;
    before_ = octets;
    ends_ = now + limits_.span;
    return slow;
  }

 private:
  const PrimaryLimits& limits_;
  SteadyTime ends_;           // of the span at hand
  std::uint64_t before_ = 0;  // octets, as it began
};

}  // namespace

PrimaryClient::PrimaryClient(asio::any_io_executor replies, std::vector<IpAddress> sources,
                             std::uint64_t seed, PrimaryLimits limits)
    : replies_(std::move(replies)),
      sources_(std::move(sources)),
      random_(seed),
      limits_(limits),
      memory_(std::make_shared<TransferMemory>(limits.memory)),
      thread_([this] { context_.run(); }) {}

PrimaryClient::~PrimaryClient() {
  context_.stop();
  thread_.join();
}

/// Runs an exchange and posts its result; what it throws is a result too.
template <class Value>
static asio::awaitable<void> report(asio::awaitable<Result<Value>> exchange,
                                    asio::any_io_executor replies,
                                    std::function<void(Result<Value>)> done) {
  auto result = std::make_shared<Result<Value>>(fail("no result"));
  try {
    *result = co_await std::move(exchange);
  } catch (const std::exception& error) {  // a zone larger than the memory
    *result = fail(error.what());
  }
  asio::post(replies, [result, done = std::move(done)] { done(std::move(*result)); });
}

void PrimaryClient::ask(PrimaryContact contact, SerialFound done) {
  asio::co_spawn(context_, report(find_serial(std::move(contact)), replies_, std::move(done)),
                 asio::detached);
}

void PrimaryClient::fetch(PrimaryContact contact, std::optional<std::uint32_t> serial,
                          TransferDone done) {
  asio::co_spawn(context_, report(transfer(std::move(contact), serial), replies_, std::move(done)),
                 asio::detached);
}

PrimaryClient::Signed PrimaryClient::sign(const PrimaryContact& contact, Octets request) {
  if (!contact.key) return {std::move(request), {}};
  const std::size_t size = request.size();
  request.resize(size + dns::kMaxTsigSize);
  request.resize(dns::sign_request(*contact.key, request, size, io::wall_now()));
  dns::TsigVerifier verifier(*contact.key, request, size);
  return {std::move(request), std::move(verifier)};
}

/// Opens a socket at the address by which primaries know us.
template <class Socket>
ErrorCode PrimaryClient::open(Socket& socket, const Endpoint& primary) const {
  ErrorCode error;
  socket.open(endpoint_for(socket, primary).protocol(), error);
  for (const IpAddress& source : sources_) {
    if (error || source.family() != primary.address.family()) continue;
    socket.bind(endpoint_for(socket, {source, 0}), error);
    if (error != boost::system::errc::address_not_available) break;
    error.clear();  // an address that this host does not have yet (server.listen_when_absent)
  }
  return error;
}

asio::awaitable<Result<transfer::SerialAnswer>> PrimaryClient::find_serial(PrimaryContact contact) {
  const auto by_udp = co_await ask_by_udp(contact);
  if (by_udp && !(*by_udp && (*by_udp)->truncated)) co_return *by_udp;
  co_return co_await ask_by_tcp(contact);
}

/// @return nothing where no answer came
asio::awaitable<std::optional<Result<transfer::SerialAnswer>>> PrimaryClient::ask_by_udp(
    const PrimaryContact& contact) {
  udp::socket socket(context_);
  ErrorCode error = open(socket, contact.primary);
  if (!error) socket.connect(io::to_udp(contact.primary), error);
  if (error) co_return std::nullopt;
  std::array<std::uint8_t, dns::kEdnsUdpSize> packet;
  for (const std::chrono::milliseconds wait : kSerialWaits) {
    const std::uint16_t id = next_id();
    const Signed question = sign(contact, transfer::write_serial_question(contact.zone, id));
    co_await socket.async_send(asio::buffer(question.request), as_value);
    asio::steady_timer limit(context_, wait);
    for (;;) {
      const auto result = co_await (socket.async_receive(asio::buffer(packet), as_value) ||
                                    limit.async_wait(as_value));
      if (result.index() == 1) break;
      const auto [failed, size] = std::get<0>(result);
      if (failed) co_return std::nullopt;  // nothing listens there
      const Bytes answer = Bytes(packet).first(size);
      if (!transfer::answers_question(answer, contact.zone, id)) continue;
      co_return transfer::read_serial_answer(answer, contact.zone, question.verifier,
                                             io::wall_now());
    }
  }
  co_return std::nullopt;
}

asio::awaitable<Result<transfer::SerialAnswer>> PrimaryClient::ask_by_tcp(
    const PrimaryContact& contact) {
  const SteadyTime until = std::chrono::steady_clock::now() + limits_.serial;
  tcp::socket socket(context_);
  if (const ErrorCode error = open(socket, contact.primary)) {
    co_return std::unexpected(ended("connect", error));
  }
  if (auto error = co_await connect_to(socket, contact.primary, until)) {
    co_return std::unexpected(*error);
  }
  const std::uint16_t id = next_id();
  const Signed question = sign(contact, transfer::write_serial_question(contact.zone, id));
  if (auto error = co_await send_message(socket, question.request, until)) {
    co_return std::unexpected(*error);
  }
  Message answer;
  if (auto error = co_await read_message(socket, answer, until)) co_return std::unexpected(*error);
  if (!transfer::answers_question(answer, contact.zone, id)) {
    co_return fail("the answer is malformed");
  }
  co_return transfer::read_serial_answer(answer, contact.zone, question.verifier, io::wall_now());
}

asio::awaitable<Result<Fetched>> PrimaryClient::transfer(PrimaryContact contact,
                                                         std::optional<std::uint32_t> serial) {
  using std::chrono::steady_clock;
  const SteadyTime end = steady_clock::now() + limits_.transfer;
  tcp::socket socket(context_);
  if (const ErrorCode error = open(socket, contact.primary)) {
    co_return std::unexpected(ended("connect", error));
  }
  auto failed = co_await connect_to(socket, contact.primary, steady_clock::now() + limits_.connect);
  if (failed) co_return std::unexpected(*failed);
  transfer::TransferRequest wanted{contact.zone, next_id(), serial};
  Signed request = sign(contact, transfer::write_transfer_request(wanted));
  failed = co_await send_message(socket, request.request, steady_clock::now() + limits_.message);
  if (failed) co_return std::unexpected(*failed);
  transfer::IncomingTransfer incoming(wanted, std::move(request.verifier));
  Fetched fetched;
  fetched.memory =
      std::make_shared<TransferMemory::Share>(memory_, contact.primary.address.unmapped());
  Message message;
  Pace pace(limits_);
  for (;;) {
    const SteadyTime until = std::min(end, steady_clock::now() + limits_.message);
    failed = co_await read_message(socket, message, until);
    if (failed) co_return std::unexpected(*failed);
    ++fetched.messages;
    fetched.octets += message.size();
    const Result<bool> done = incoming.take(message, io::wall_now());
    if (!done) co_return std::unexpected(done.error());
    if (!fetched.memory->grow_to(incoming.memory())) {
      co_return fail("too little memory is left for this transfer, beside others under way");
    }
    if (*done) break;
    if (pace.is_too_slow(fetched.octets)) {
      co_return fail(fmt::format("the transfer is too slow: less than {} octets in {}",
                                 limits_.span_octets, format_duration(limits_.span)));
    }
  }
  fetched.content = std::move(incoming).content();
  co_return fetched;
}

}  // namespace rollcall::transport
