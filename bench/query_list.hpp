/// The queries of a flood as packets, rendered and shuffled before the first one is sent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace rollcall::bench {

inline constexpr std::int8_t kAnyRcode = -1;

struct QueryListOptions {
  std::string file;         // "name type [NOERROR|NXDOMAIN|REFUSED]" a line; # begins a comment
  bool edns = false;        // an OPT with DO and a size of 1232
  unsigned run_length = 1;  // packets of one size are kept in runs of that many, for UDP GSO
  std::uint64_t seed = 1;   // of the order
};

/// Packets in the order in which they are sent; their IDs are zero.
class QueryList {
 public:
  /// @return an error that names the file and the line
  static Result<QueryList> read(const QueryListOptions& options);

  std::size_t size() const { return rcodes_.size(); }
  Bytes packet(std::size_t i) const {
    return Bytes(octets_).subspan(starts_[i], starts_[i + 1] - starts_[i]);
  }
  /// Octets of header and question: what a response repeats.
  std::size_t question_end(std::size_t i) const { return packet(i).size() - opt_size_; }
  /// The RCODE that the file expects, or kAnyRcode.
  std::int8_t rcode(std::size_t i) const { return rcodes_[i]; }

 private:
  std::vector<std::uint8_t> octets_;  // all packets, one behind the other
  std::vector<std::uint32_t> starts_{0};
  std::vector<std::int8_t> rcodes_;
  std::size_t opt_size_ = 0;
};

}  // namespace rollcall::bench
