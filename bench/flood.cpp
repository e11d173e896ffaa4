/// A load generator for nameservers on this host, one thread.
///
///   flood --server 127.0.0.1:5300 --queries FILE              how many answers a second there are
///   flood --server 127.0.0.1:5300 --queries FILE --rate 50000 how long answers take at that rate
///
/// Without a rate the loop is closed: a window of queries is always outstanding, so that the server
/// is never idle and hardly anything is dropped. With a rate it is open: queries leave by a fixed
/// schedule whatever comes back, and their latency counts from the time that the schedule gave
/// them, so that a stalled server is charged for every query that would have waited. One JSON
/// object goes to standard output.
#include <fmt/format.h>

#include <deque>

#include "flood_socket.hpp"
#include "generator.hpp"

namespace rollcall::bench {
namespace {

struct Options : LoadOptions {
  double rate = 0;       // queries a second; 0: a closed loop
  double timeout = 0.2;  // seconds until a query counts as lost
  std::uint64_t count = 0;
  unsigned window = 256;
  unsigned sockets = 4;
  unsigned batch = 64;
  unsigned verify = 64;
};

struct Outcome {
  double seconds = 0;
  std::uint64_t answered_in_time = 0;  // before the end; later ones only do not count as lost
  double idle = 0;                     // seconds without anything to send or receive
};

std::uint64_t to_ns(double seconds) {
  return static_cast<std::uint64_t>(seconds * 1e9);
}

class Flood {
 public:
  Flood(const Options& options, const SocketAddress& server, const QueryList& queries)
      : options_(options), timeout_(to_ns(options.timeout)) {
    const FloodSocketOptions socket{server, options.batch, options.list.run_length, options.verify};
    for (unsigned i = 0; i < options.sockets; ++i) sockets_.emplace_back(socket, queries, tally_);
  }

  Outcome run() {
    const std::uint64_t start = now_ns();
    const std::uint64_t stop = start + to_ns(options_.seconds);
    std::uint64_t expired = start;
    std::uint64_t idle = 0;
    std::uint64_t now = start;
    while (now < stop && (options_.count == 0 || tally_.answered < options_.count)) {
      const bool sent = options_.rate > 0 ? send_what_is_due(now - start, start) : fill_windows();
      bool received = false;
      for (FloodSocket& socket : sockets_) received |= socket.receive();
      const std::uint64_t end = now_ns();
      if (!sent && !received) idle += end - now;
      if (end - expired > timeout_ / 4) {
        for (FloodSocket& socket : sockets_) socket.expire(end - timeout_);
        expired = end;
      }
      now = end;
    }
    // A stall at the very end must not hide the queries that were due in it.
    if (options_.rate > 0 && now >= stop) send_what_is_due(stop - start, start);
    const Outcome outcome{static_cast<double>(now - start) / 1e9, tally_.answered,
                          static_cast<double>(idle) / 1e9};
    drain(now + timeout_);
    return outcome;
  }

  const Tally& tally() const { return tally_; }

 private:
  bool send_what_is_due(std::uint64_t elapsed, std::uint64_t start) {
    const double step = 1e9 / options_.rate;
    const auto whole = static_cast<std::uint64_t>(options_.rate * options_.seconds);
    const auto due =
        std::min(whole, static_cast<std::uint64_t>(static_cast<double>(elapsed) / step) + 1);
    if (scheduled_ >= due) return false;
    while (scheduled_ < due) {
      const auto count =
          static_cast<unsigned>(std::min<std::uint64_t>(due - scheduled_, options_.batch));
      const std::uint64_t first =
          static_cast<std::uint64_t>(step * static_cast<double>(scheduled_));
      sockets_[turn_++ % sockets_.size()].send(count, next_, start + first, step);
      scheduled_ += count;
    }
    return true;
  }

  bool fill_windows() {
    const unsigned share = std::max(1U, options_.window / options_.sockets);
    const unsigned worth_a_call = std::max(1U, std::min(options_.batch, share / 2));
    bool sent = false;
    for (FloodSocket& socket : sockets_) {
      const unsigned room = share - std::min(share, socket.outstanding());
      if (room < worth_a_call) continue;
      socket.send(std::min(room, options_.batch), next_, now_ns(), 0);
      sent = true;
    }
    return sent;
  }

  void drain(std::uint64_t until) {
    for (bool waiting = true; waiting && now_ns() < until;) {
      waiting = false;
      for (FloodSocket& socket : sockets_) {
        socket.receive();
        waiting |= socket.outstanding() > 0;
      }
    }
    for (FloodSocket& socket : sockets_) socket.expire(~std::uint64_t{0});
  }

  const Options& options_;
  const std::uint64_t timeout_;
  Tally tally_;
  std::deque<FloodSocket> sockets_;  // these do not move
  std::size_t next_ = 0;
  std::uint64_t scheduled_ = 0;
  std::size_t turn_ = 0;
};

std::string to_json(const Options& options, const Outcome& outcome, const Tally& tally) {
  std::string rcodes;
  for (std::size_t i = 0; i < tally.rcodes.size(); ++i) {
    if (tally.rcodes[i] == 0) continue;
    rcodes += fmt::format("{}\"{}\": {}", rcodes.empty() ? "" : ", ", i, tally.rcodes[i]);
  }
  const auto us = [&](double share) { return quantile_us(tally.latency, share); };
  const auto answered = static_cast<double>(std::max<std::uint64_t>(1, tally.answered));
  return fmt::format(
      R"({{"seconds": {:.3f}, "rate": {}, "sent": {}, "answered": {}, "qps": {:.0f}, )"
      R"("lost": {}, "lost_percent": {:.4f}, "stray": {}, "checked": {}, "wrong": {}, )"
      R"("truncated": {}, "answer_octets": {:.1f}, "rcodes": {{{}}}, )"
      R"("latency_us": {{"p50": {:.1f}, "p99": {:.1f}, "p999": {:.1f}, "max": {:.1f}}}, )"
      R"("generator_idle_percent": {:.1f}}})",
      outcome.seconds, options.rate, tally.sent, tally.answered,
      static_cast<double>(outcome.answered_in_time) / outcome.seconds, tally.lost,
      100 * static_cast<double>(tally.lost) /
          static_cast<double>(std::max<std::uint64_t>(1, tally.sent)),
      tally.stray, tally.checked, tally.wrong, tally.truncated,
      static_cast<double>(tally.octets) / answered, rcodes, us(0.5), us(0.99), us(0.999),
      static_cast<double>(tally.latency.max()) / 1e3, 100 * outcome.idle / outcome.seconds);
}

void add_options(CLI::App& app, Options& options) {
  const auto batch = CLI::Range(1, 1024);
  add_load_options(app, options);
  app.add_option("--count", options.count, "stop after that many answers, if that is sooner");
  app.add_option("--rate", options.rate, "queries a second by a schedule; 0: as many as it takes")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--window", options.window, "outstanding queries without --rate")
      ->check(CLI::Range(1, 65536));
  app.add_option("--sockets", options.sockets, "source ports")->check(CLI::Range(1, 1024));
  app.add_option("--batch", options.batch, "packets a system call")->check(batch);
  app.add_option("--gso", options.list.run_length, "queries handed to the kernel as one; 1: off")
      ->check(CLI::Range(1, 64));
  app.add_flag("--edns", options.list.edns, "with an OPT record that has DO");
  app.add_option("--verify", options.verify, "look into every that many answers; 0: into none");
  app.add_option("--timeout", options.timeout, "seconds until a query is lost")
      ->check(CLI::Range(0.001, 60.0));
  app.add_option("--seed", options.list.seed, "of the order of the queries");
}

void run(const Options& options) {
  const Load load = prepare_load(options);
  Flood flood(options, load.server, load.queries);
  const Outcome outcome = flood.run();
  fmt::print("{}\n", to_json(options, outcome, flood.tally()));
  need_answers(flood.tally().answered, options);
}

}  // namespace
}  // namespace rollcall::bench

int main(int argc, char** argv) {
  using namespace rollcall::bench;
  return generator_main(argc, argv, "flood", "A load generator for nameservers on this host",
                        add_options, run);
}
