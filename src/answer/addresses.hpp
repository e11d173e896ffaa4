/// The additional section: addresses of the names that records in a response point to.
#pragma once

#include <cstdint>

#include "answer/response_writer.hpp"

namespace rollcall::answer {

/// Octets of the message in which records stand.
struct WrittenRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// leave_out: only what the zone is authoritative for. needed: a referral's addresses, below the
/// cut too; RFC 9471 section 3.1 wants all of those, or TC.
enum class Glue : std::uint8_t { leave_out, needed };

/// Appends A and AAAA of the in-zone targets of the NS, MX and SRV records in `range`.
/// @return false where glue that a referral needs did not fit
bool append_addresses(ResponseWriter& out, const zone::Zone& zone, std::uint16_t origin_at,
                      WrittenRange range, Glue glue) noexcept;

}  // namespace rollcall::answer
