/// Writes RRsets as they stand in a zone's memory (node.hpp).
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "core/bytes.hpp"
#include "dns/message.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"
#include "dns/tsig.hpp"
#include "zone/node.hpp"

namespace rollcall::zone {

/// The octets of an RRset's records that fit into any message, beside a header, a question and an
/// owner of the longest name, an OPT record and a TSIG.
inline constexpr std::size_t kMaxRrsetSize = dns::kMaxMessageSize - dns::kHeaderSize -
                                             (2 * dns::kMaxNameSize + 4) - dns::kPlainOptSize -
                                             dns::kMaxTsigSize;

/// A record to be laid out.
struct RecordView {
  dns::Type type{};
  std::uint32_t ttl = 0;  // seconds
  Bytes rdata;            // uncompressed
};

/// The place for the next octets. Its owner has counted the space before, so there is always
/// enough.
class LayoutCursor {
 public:
  explicit LayoutCursor(std::uint32_t* arena)
      : begin_(reinterpret_cast<std::uint8_t*>(arena)), at_(begin_) {}

  /// The position in octets.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
  std::uint32_t units() const { return static_cast<std::uint32_t>(position() / 4); }
  /// Leaves space for a header that is written after the data that follows it.
  template <class Header>
  std::uint8_t* leave() {
    std::uint8_t* left = at_;
    at_ += sizeof(Header);
    return left;
  }
  void u16(unsigned value) {
    store_u16(at_, static_cast<std::uint16_t>(value));
    at_ += 2;
  }
  void u32(std::uint32_t value) {
    store_u32(at_, value);
    at_ += 4;
  }
  void bytes(Bytes octets) {
    if (!octets.empty()) std::memcpy(at_, octets.data(), octets.size());
    at_ += octets.size();
  }
  void pad() {
    while (position() % 4 != 0) *at_++ = 0;
  }

 private:
  std::uint8_t* begin_;
  std::uint8_t* at_;
};

/// Whether a name, without the origin at its end, has capitals. The length of a label is none.
bool has_capitals(Bytes name, std::size_t origin_size) noexcept;

/// Writes which octets of a name that has capitals are some: what kSpelled stands for.
void write_spelling(LayoutCursor& out, Bytes name, std::size_t origin_size);

/// The most space that one record takes, with a header of its own.
inline constexpr std::size_t kMostBesideRdata = sizeof(RrsetHeader) + kRecordHeaderSize + 3;

/// Writes an RRset: its header and its records.
/// @param owner in lower case, at or below `origin`
/// @param watch its index into the watch table, or kNoWatch
/// @return the octets of the records; more than kMaxRrsetSize is an error of the caller's source
std::size_t write_rrset(LayoutCursor& out, Bytes owner, Bytes origin,
                        std::span<const RecordView> records, std::uint32_t watch);

}  // namespace rollcall::zone
