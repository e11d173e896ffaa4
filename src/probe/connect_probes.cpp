#include "probe/connect_probes.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "io/clock.hpp"
#include "io/connecting.hpp"
#include "io/endpoints.hpp"
#include "probe/probes.hpp"

namespace rollcall::probe {
namespace {

constexpr std::size_t kBatch = 64;

ErrorCode system_error(int error) {
  return {error, boost::system::system_category()};
}

io::Descriptor make_epoll() {
  io::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) throw boost::system::system_error(system_error(errno), "epoll");
  return epoll;
}

/// @return 0, or the errno of what failed
int open_towards(const asio::ip::tcp::endpoint& target, io::Descriptor& socket) {
  socket = io::Descriptor(::socket(target.protocol().family(),
                                   SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket) return errno;
  return io::begin_connect(socket.get(), target);
}

Outcome outcome_of(const ErrorCode& error) {
  if (!error) return good();
  Outcome outcome = bad(failure_words("connect", error));
  outcome.refused = error == asio::error::connection_refused;
  return outcome;
}

}  // namespace

ConnectProbes::ConnectProbes(const asio::any_io_executor& executor, Done done)
    : done_(std::move(done)), ready_(executor, make_epoll().release()), timer_(executor) {
  await_ready();
}

bool ConnectProbes::is_for(const health::CheckSpec& check) {
  const auto* tcp = std::get_if<health::TcpCheck>(&check.how);
  return tcp != nullptr && *tcp == health::TcpCheck{};
}

void ConnectProbes::start(const Request& request) {
  const Slot slot = free_slot();
  Open& open = open_[slot];
  open.run = request.run;
  open.timeout = request.check->timeout;
  open.end = io::monotonic_now() + open.timeout;
  int error = open_towards(io::to_tcp(request.target), open.socket);
  if (error == 0) {
    epoll_event event{.events = EPOLLOUT, .data = {.u32 = slot}};
    const int added = ::epoll_ctl(ready_.native_handle(), EPOLL_CTL_ADD, open.socket.get(), &event);
    if (added != 0) error = errno;
  }
  if (error == 0) return await_end(open.end);
  const bool asked = fault_of(Step::begin, error) != Fault::own_host;
  end(slot, asked ? outcome_of(system_error(error))
                  : unasked("connect to " + request.target.to_string(), error));
  if (std::exchange(telling_soon_, true)) return;
  asio::post(ready_.get_executor(), [this] {
    telling_soon_ = false;
    tell();
  });
}

void ConnectProbes::cancel() {
  ErrorCode ignored;
  ready_.close(ignored);
  timer_.cancel();
  open_.clear();
  free_.clear();
  ended_.clear();
}

ConnectProbes::Slot ConnectProbes::free_slot() {
  if (free_.empty()) {
    free_.push_back(static_cast<Slot>(open_.size()));
    open_.emplace_back();
  }
  const Slot slot = free_.back();
  free_.pop_back();
  return slot;
}

void ConnectProbes::end(Slot slot, Outcome outcome) {
  Open& open = open_[slot];
  ended_.push_back({open.run, std::move(outcome)});
  open = {};  // the epoll forgets a closed socket
  free_.push_back(slot);
}

void ConnectProbes::await_ready() {
  ready_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const ErrorCode& error) {
    if (error) return;
    take_ready();
    tell();
    if (ready_.is_open()) await_ready();
  });
}

void ConnectProbes::take_ready() {
  std::array<epoll_event, kBatch> events;
  int count = 0;
  do {
    count = ::epoll_wait(ready_.native_handle(), events.data(), kBatch, 0);
    for (int i = 0; i < count; ++i) {
      const Slot slot = events[static_cast<std::size_t>(i)].data.u32;
      const int error = io::connect_result(open_[slot].socket.get());
      const bool asked = fault_of(Step::later, error) != Fault::own_host;
      end(slot, asked ? outcome_of(system_error(error)) : unasked("connect", error));
    }
  } while (count == static_cast<int>(kBatch));
}

void ConnectProbes::await_end(Instant at) {
  if (at >= next_end_) return;
  next_end_ = at;
  timer_.expires_at(asio::steady_timer::time_point(at.time_since_epoch()));
  timer_.async_wait([this](const ErrorCode& error) {
    if (!error) end_overdue();
  });
}

void ConnectProbes::end_overdue() {
  const Instant now = io::monotonic_now();
  next_end_ = Instant::max();
  Instant next = Instant::max();
  for (Slot slot = 0; slot < open_.size(); ++slot) {
    if (!open_[slot].socket) continue;
    if (open_[slot].end <= now) {
      end(slot, bad("connect: timed out after " + format_duration(open_[slot].timeout)));
    } else {
      next = std::min(next, open_[slot].end);
    }
  }
  if (next != Instant::max()) await_end(next);
  tell();
}

void ConnectProbes::tell() {
  std::swap(ended_, telling_);
  for (Ended& ended : telling_) done_(ended.run, std::move(ended.outcome));
  telling_.clear();
}

}  // namespace rollcall::probe
