/// One socket of the load generator, with the queries that are sent and not yet answered.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <vector>

#include "histogram.hpp"
#include "io/descriptor.hpp"
#include "loopback.hpp"
#include "query_list.hpp"

namespace rollcall::bench {

/// Nanoseconds of the monotonic clock.
std::uint64_t now_ns();

/// The counts of a whole run.
struct Tally {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t lost = 0;     // no answer within the time-out
  std::uint64_t stray = 0;    // answers to no query, or to one that was given up
  std::uint64_t checked = 0;  // answers that were examined
  std::uint64_t wrong = 0;    // examined answers that differ from what the list expects
  std::uint64_t truncated = 0;
  std::uint64_t octets = 0;  // of answers
  std::array<std::uint64_t, 16> rcodes{};
  Histogram latency;  // ns since the query was due
};

struct FloodSocketOptions {
  SocketAddress server;
  unsigned batch = 64;  // packets a system call
  unsigned gso = 1;     // queries handed to the kernel as one; 1: off (UDP_SEGMENT, udp(7))
  unsigned verify = 0;  // examines one of this many answers; 0: none
};

/// One thread. The list and the tally must outlive it.
class FloodSocket {
 public:
  /// Throws std::system_error if the socket cannot be made.
  FloodSocket(const FloodSocketOptions& options, const QueryList& queries, Tally& tally);

  unsigned outstanding() const { return outstanding_; }

  /// Sends the next queries of the list. Their latency counts from the time when they are due.
  /// @param next the position in the list; advanced, and wraps around
  /// @param due ns, of the first one; `step` ns later the second one, and so on
  void send(unsigned count, std::size_t& next, std::uint64_t due, double step);

  /// Receives what has arrived, without waiting.
  bool receive();

  /// Gives up the queries that were sent before that time.
  void expire(std::uint64_t before);

 private:
  static constexpr std::size_t kIds = 1 << 16;
  static constexpr std::size_t kAnswerSize = 4096;

  struct Pending {
    std::uint64_t due = 0;
    std::uint64_t sent = 0;
    std::uint32_t query = 0;
    bool open = false;
  };

  Pending& pending(std::uint64_t number) { return pending_[number % kIds]; }
  /// @return octets written at `at`
  std::size_t write_query(std::uint8_t* at, std::size_t query, Pending times);
  void close_message(mmsghdr& message, iovec& part, unsigned queries, std::size_t query_size);
  void flush(std::size_t messages);
  void give_up_oldest();
  void take(Bytes answer, std::uint64_t now);
  bool as_expected(Bytes answer, std::uint32_t query) const;

  const FloodSocketOptions options_;
  const QueryList& queries_;
  Tally& tally_;
  io::Descriptor socket_;
  std::vector<Pending> pending_ = std::vector<Pending>(kIds);
  std::uint64_t head_ = 0;  // number of the next query; the low 16 bits are its ID
  std::uint64_t tail_ = 0;  // everything before it is answered or given up
  unsigned outstanding_ = 0;
  unsigned unchecked_ = 0;  // answers since the last examined one

  struct Control {
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))> octets;
  };
  std::vector<std::uint8_t> out_, in_;
  std::vector<iovec> out_parts_, in_parts_;
  std::vector<mmsghdr> out_messages_, in_messages_;
  std::vector<Control> controls_;
};

}  // namespace rollcall::bench
