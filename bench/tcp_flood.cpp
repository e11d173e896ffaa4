/// Measures connections a second: each is opened, carries one query and its response, and is
/// closed.
///
///   tcp_flood --server 127.0.0.1:5300 --queries FILE
///
/// A fixed number of connections is always under way. The client closes first, so that TIME_WAIT is
/// on its side; it uses many source addresses of 127.0.0.0/8, so that ports do not run out. One
/// JSON object goes to standard output.
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "dns/message.hpp"
#include "flood_socket.hpp"
#include "generator.hpp"

namespace rollcall::bench {
namespace {

constexpr std::uint32_t kSourceAddresses = 64;  // 127.0.0.1 and on; 28,000 ports each
constexpr int kWaitMs = 100;

struct Options : LoadOptions {
  unsigned connections = 20;  // at a time
};

[[noreturn]] void fail_with(const char* call) {
  throw std::system_error(errno, std::system_category(), call);
}

/// One connection at a time.
class Caller {
 public:
  /// Begins the next one.
  void call(int epoll, const SocketAddress& server, Bytes query, std::uint32_t number) {
    began_ = now_ns();
    const int family = server.storage.ss_family;
    socket_ = io::Descriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_) fail_with("socket");
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (family == AF_INET) bind_source(number);
    if (::connect(socket_.get(), server.get(), server.size) != 0 && errno != EINPROGRESS) {
      fail_with("connect");
    }
    store_u16(out_.data(), static_cast<std::uint16_t>(query.size()));
    std::ranges::copy(query, out_.begin() + 2);
    out_size_ = query.size() + 2;
    in_size_ = 0;
    epoll_event event{.events = EPOLLOUT, .data = {.ptr = this}};
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, socket_.get(), &event) != 0) fail_with("epoll_ctl");
  }

  enum class State : std::uint8_t { under_way, answered, failed };

  /// Continues when the connection is ready.
  State go_on(int epoll) {
    if (out_size_ > 0) {
      // A whole query fits into an empty socket buffer.
      const ssize_t sent = ::send(socket_.get(), out_.data(), out_size_, MSG_NOSIGNAL);
      if (sent != static_cast<ssize_t>(out_size_)) return end(State::failed);
      out_size_ = 0;
      epoll_event event{.events = EPOLLIN, .data = {.ptr = this}};
      if (::epoll_ctl(epoll, EPOLL_CTL_MOD, socket_.get(), &event) != 0) fail_with("epoll_ctl");
      return State::under_way;
    }
    const ssize_t got = ::recv(socket_.get(), in_.data() + in_size_, in_.size() - in_size_, 0);
    if (got <= 0) return end(State::failed);
    in_size_ += static_cast<std::size_t>(got);
    if (in_size_ < 2 || in_size_ < load_u16(in_.data()) + 2U) return State::under_way;
    const std::uint16_t flags = load_u16(in_.data() + 2 + dns::header::kFlags);
    return end((flags & dns::flag::kQr) != 0 ? State::answered : State::failed);
  }

  std::uint64_t began() const { return began_; }

 private:
  State end(State state) {
    socket_ = io::Descriptor();
    return state;
  }

  void bind_source(std::uint32_t number) const {
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in source{};
    source.sin_family = AF_INET;
    source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + number % kSourceAddresses);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) {
      fail_with("bind");
    }
  }

  io::Descriptor socket_;
  std::uint64_t began_ = 0;
  std::size_t out_size_ = 0;  // octets that are not sent yet
  std::size_t in_size_ = 0;
  std::array<std::uint8_t, dns::kClassicUdpSize> out_{};
  std::array<std::uint8_t, dns::kMaxMessageSize + 2> in_{};
};

class TcpFlood {
 public:
  TcpFlood(const Options& options, const SocketAddress& server, const QueryList& queries)
      : options_(options),
        server_(server),
        queries_(queries),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        callers_(options.connections) {
    if (!epoll_) fail_with("epoll_create1");
  }

  /// @return seconds that it took
  double run() {
    const std::uint64_t start = now_ns();
    const auto stop = start + static_cast<std::uint64_t>(options_.seconds * 1e9);
    for (Caller& caller : callers_) call(caller);
    std::array<epoll_event, 64> events;
    std::uint64_t now = start;
    while (now < stop) {
      const int ready = ::epoll_wait(epoll_.get(), events.data(), events.size(), kWaitMs);
      if (ready < 0 && errno != EINTR) fail_with("epoll_wait");
      for (int i = 0; i < ready; ++i) {
        go_on(*static_cast<Caller*>(events[static_cast<std::size_t>(i)].data.ptr));
      }
      now = now_ns();
    }
    return static_cast<double>(now - start) / 1e9;
  }

  std::uint64_t failed() const { return failed_; }
  const Histogram& latency() const { return latency_; }

 private:
  void call(Caller& caller) {
    caller.call(epoll_.get(), server_, queries_.packet(number_ % queries_.size()), number_);
    ++number_;
  }

  void go_on(Caller& caller) {
    const Caller::State state = caller.go_on(epoll_.get());
    if (state == Caller::State::under_way) return;
    if (state == Caller::State::answered) {
      latency_.add(now_ns() - caller.began());
    } else {
      ++failed_;
    }
    call(caller);
  }

  const Options& options_;
  const SocketAddress& server_;
  const QueryList& queries_;
  io::Descriptor epoll_;
  std::vector<Caller> callers_;
  std::uint32_t number_ = 0;
  std::uint64_t failed_ = 0;
  Histogram latency_;
};

void add_options(CLI::App& app, Options& options) {
  add_load_options(app, options);
  app.add_option("--connections", options.connections, "at a time")->check(CLI::Range(1, 4096));
}

void run(const Options& options) {
  const Load load = prepare_load(options);
  TcpFlood flood(options, load.server, load.queries);
  const double seconds = flood.run();
  const Histogram& latency = flood.latency();
  const auto us = [&](double share) { return quantile_us(latency, share); };
  fmt::print(R"({{"seconds": {:.3f}, "answered": {}, "failed": {}, "connections_per_s": {:.0f}, )"
             R"("latency_us": {{"p50": {:.1f}, "p99": {:.1f}, "p999": {:.1f}}}}})"
             "\n",
             seconds, latency.count(), flood.failed(),
             static_cast<double>(latency.count()) / seconds, us(0.5), us(0.99), us(0.999));
  need_answers(latency.count(), options);
}

}  // namespace
}  // namespace rollcall::bench

int main(int argc, char** argv) {
  using namespace rollcall::bench;
  return generator_main(argc, argv, "tcp_flood",
                        "Connections a second to a nameserver on this host", add_options, run);
}
