#include "transport/secondary_checks.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "answer/soa_query.hpp"
#include "dns/message.hpp"
#include "io/endpoints.hpp"

namespace rollcall::transport {
namespace {

using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;
using Clock = std::chrono::steady_clock;

/// Sends a query and reads its response. @return empty if either fails
asio::awaitable<std::vector<std::uint8_t>> exchange(tcp::socket& socket, tcp::endpoint to,
                                                    std::vector<std::uint8_t> question) {
  const std::size_t size = question.size();
  question.insert(question.begin(),
                  {static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)});
  std::vector<std::uint8_t> reply(dns::kLengthSize);
  if (const auto [error] = co_await socket.async_connect(to, as_value); error)
    co_return std::vector<std::uint8_t>{};
  const auto [unsent, n] = co_await asio::async_write(socket, asio::buffer(question), as_value);
  if (unsent) co_return std::vector<std::uint8_t>{};
  const auto [no_length, m] = co_await asio::async_read(socket, asio::buffer(reply), as_value);
  if (no_length) co_return std::vector<std::uint8_t>{};
  reply.resize(load_u16(reply.data()));
  const auto [cut, k] = co_await asio::async_read(socket, asio::buffer(reply), as_value);
  co_return cut ? std::vector<std::uint8_t>{} : std::move(reply);
}

}  // namespace

SecondaryChecks::SecondaryChecks(asio::any_io_executor executor, std::vector<IpAddress> sources,
                                 std::uint64_t seed, std::function<void(HeldSerials)> report)
    : sources_(std::move(sources)),
      random_(seed),
      report_(std::move(report)),
      tasks_(std::move(executor)) {}

void SecondaryChecks::check(const dns::Name& origin,
                            const std::vector<zone::Secondary>& secondaries) {
  if (secondaries.empty()) return;
  const auto now = Clock::now();
  const auto [last, first] = last_.emplace(origin, now);
  if (!first && now < last->second + kSecondaryPause) return;
  last->second = now;
  Job job{.origin = origin, .secondaries = {}};
  for (const zone::Secondary& secondary : secondaries) job.secondaries.push_back(secondary.address);
  waiting_.push_back(std::move(job));
  start_next();
}

void SecondaryChecks::start_next() {
  while (running_ < kMaxSecondaryChecks && !waiting_.empty()) {
    ++running_;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    tasks_.start(run(std::move(job)));
  }
}

void SecondaryChecks::cancel() {
  waiting_.clear();
  tasks_.cancel();
}

asio::awaitable<void> SecondaryChecks::run(Job job) {
  HeldSerials held{.origin = job.origin, .held = {}};
  for (const Endpoint& secondary : job.secondaries) {
    const auto serial = co_await ask(job.origin, secondary);
    if (serial) held.held.push_back({secondary, *serial});
  }
  --running_;
  start_next();
  if (!held.held.empty()) report_(std::move(held));
}

asio::awaitable<std::optional<std::uint32_t>> SecondaryChecks::ask(dns::Name origin,
                                                                   Endpoint secondary) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  ErrorCode error;
  socket.open(io::to_tcp(secondary).protocol(), error);
  for (const IpAddress& source : sources_) {
    if (error || source.family() != secondary.address.family()) continue;
    socket.bind(io::to_tcp({source, 0}), error);
    break;
  }
  if (error) co_return std::nullopt;
  asio::steady_timer limit(executor, kSecondaryLimit);
  const auto id = static_cast<std::uint16_t>(random_.next());
  const auto done =
      co_await (exchange(socket, io::to_tcp(secondary), answer::write_soa_query(origin, id)) ||
                limit.async_wait(as_value));
  if (done.index() == 1) co_return std::nullopt;
  const auto serial = answer::read_soa_serial(origin, id, std::get<0>(done));
  spdlog::debug("{} at {}: {}", origin.to_display(), secondary.to_string(),
                serial ? fmt::format("serial {}", *serial) : "no serial");
  co_return serial;
}

}  // namespace rollcall::transport
