/// Writes a response into a buffer: header, question, records from a zone's prerendered RRsets.
/// No allocation; whole RRsets or nothing (RFC 2181 section 9: a partial RRset is truncation).
#pragma once

#include <array>
#include <cstdint>

#include "answer/edns_reply.hpp"
#include "answer/live_records.hpp"
#include "core/bytes.hpp"
#include "core/octets.hpp"
#include "core/random.hpp"
#include "dns/message.hpp"
#include "dns/query.hpp"
#include "zone/zone.hpp"

namespace rollcall::answer {

using dns::Section;

/// The places in the message of an RRset's owner and its zone's origin, for pointers.
struct Place {
  std::uint16_t owner = dns::kHeaderSize;
  std::uint16_t origin = dns::kHeaderSize;
};

/// The number of records in each section.
using SectionCounts = std::array<std::uint16_t, 3>;

/// @param asked the flags of the request
/// @param flags AA, TC; QR and the flags copied from the request are added here
inline std::uint16_t response_flags(std::uint16_t asked, std::uint16_t flags,
                                    dns::Rcode rcode) noexcept {
  const std::uint16_t copied = asked & (dns::flag::kOpcodeMask | dns::flag::kRd | dns::flag::kCd);
  return static_cast<std::uint16_t>(dns::flag::kQr | copied | flags |
                                    (static_cast<std::uint16_t>(rcode) & 0xf));
}

/// The header's last three words.
inline void write_counts(std::uint8_t* out, const SectionCounts& counts) noexcept {
  store_u16(out + dns::header::kAncount, counts[0]);
  store_u16(out + dns::header::kNscount, counts[1]);
  store_u16(out + dns::header::kArcount, counts[2]);
}

class ResponseWriter {
 public:
  /// @param limit of the response in octets; `out` is at least as large
  ResponseWriter(MutableBytes out, std::size_t limit, Random& random) noexcept
      : out_(out.data()), limit_(limit), random_(random) {}

  /// Copies id and question of `packet`; the flags follow in finish().
  void begin(Bytes packet, const dns::Query& query) noexcept {
    position_ = dns::kHeaderSize + query.question_size;
    copy_octets(out_, packet.data(), position_);
  }

  /// Keeps `size` octets free for the last records (OPT, TSIG).
  void reserve(std::size_t size) noexcept { reserved_ += size; }
  void release(std::size_t size) noexcept { reserved_ -= size; }

  /// Writes the RRset's live records, beginning with a random one, or drawn by their shares.
  /// @return false where they do not fit; nothing is written then. True with nothing written where
  ///         no record is live.
  bool append(Section section, const zone::Zone& zone, const zone::RrsetHeader& rrset,
              Place place) noexcept;

  /// SOAs of this zone have this serial in place of the live one.
  void show_serial(const zone::Zone& of, std::uint32_t serial) noexcept {
    shown_of_ = &of;
    shown_serial_ = serial;
  }

  /// Writes the zone's SOA with its live serial.
  /// @param ttl seconds; in a negative answer by RFC 2308 section 5: min(TTL, MINIMUM)
  bool append_soa(Section section, const zone::Zone& zone, std::uint16_t origin_at,
                  std::uint32_t ttl) noexcept;

  /// Writes a record with the given RDATA.
  bool append_record(Section section, std::uint16_t owner_at, dns::Type type, std::uint32_t ttl,
                     Bytes rdata, dns::Class rclass = dns::Class::IN) noexcept;

  /// Writes the OPT record, for which space was reserved.
  void append_opt(const EdnsReply& edns, dns::Rcode rcode) noexcept;

  /// @param flags AA, TC; QR and the flags copied from the query are added here
  std::size_t finish(const dns::Query& query, std::uint16_t flags, dns::Rcode rcode) noexcept;

  std::size_t position() const noexcept { return position_; }
  /// The number of octets that may still be written.
  std::size_t room() const noexcept {
    const std::size_t used = position_ + reserved_;
    return used < limit_ ? limit_ - used : 0;
  }
  std::uint16_t count(Section section) const noexcept {
    return counts_[static_cast<std::size_t>(section)];
  }
  Bytes written() const noexcept { return {out_, position_}; }

 private:
  bool fits(std::size_t size) const noexcept { return position_ + size + reserved_ <= limit_; }

  std::uint8_t* out_;
  std::size_t limit_;
  std::size_t reserved_ = 0;
  std::size_t position_ = 0;
  SectionCounts counts_{};
  Random& random_;
  const zone::Zone* shown_of_ = nullptr;
  std::uint32_t shown_serial_ = 0;
};

inline constexpr std::size_t kMaxSoaSize = 2 * dns::kMaxNameSize + 20;  // octets of its RDATA

/// Writes the RDATA of the zone's SOA with `serial`; its names end in pointers to the origin at
/// `origin_at`.
/// @param out at least kMaxSoaSize octets
/// @return octets written
std::size_t write_soa_rdata(std::uint8_t* out, const zone::Zone& zone, std::size_t origin_at,
                            std::uint32_t serial) noexcept;

}  // namespace rollcall::answer
