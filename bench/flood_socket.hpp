/// One socket of the load generator: what it has sent, what of that is not answered yet.
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

/// What a whole flood has seen.
struct Tally {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t lost = 0;     // no answer within the time-out
  std::uint64_t stray = 0;    // answers to nothing, or to what was given up
  std::uint64_t checked = 0;  // answers that were looked into
  std::uint64_t wrong = 0;    // of these, those that were not what the list expects
  std::uint64_t truncated = 0;
  std::uint64_t octets = 0;  // of answers
  std::array<std::uint64_t, 16> rcodes{};
  Histogram latency;  // ns since the query was due
};

struct FloodSocketOptions {
  SocketAddress server;
  unsigned batch = 64;  // packets a system call
  unsigned gso = 1;     // queries handed to the kernel as one; 1: off (UDP_SEGMENT, udp(7))
  unsigned verify = 0;  // every that many answers one is looked into; 0: none
};

/// One thread. The list and the tally outlive it.
class FloodSocket {
 public:
  /// Throws std::system_error where there is no such socket.
  FloodSocket(const FloodSocketOptions& options, const QueryList& queries, Tally& tally);

  unsigned outstanding() const { return outstanding_; }

  /// Sends the next queries of the list. Their latency counts from the time when they are due.
  /// @param next where the list is read; moved on, around its end
  /// @param due ns, of the first one; `step` ns later the second one, and so on
  void send(unsigned count, std::size_t& next, std::uint64_t due, double step);

  /// Takes what has arrived. Does not wait.
  bool receive();

  /// Gives up what was sent before that time.
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
  unsigned unchecked_ = 0;  // answers since the last one that was looked into

  struct Control {
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))> octets;
  };
  std::vector<std::uint8_t> out_, in_;
  std::vector<iovec> out_parts_, in_parts_;
  std::vector<mmsghdr> out_messages_, in_messages_;
  std::vector<Control> controls_;
};

}  // namespace rollcall::bench
