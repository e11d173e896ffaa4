/// The additional section: addresses of the names that records in a response point to.
#pragma once

#include <cstdint>
#include <optional>

#include "answer/response_writer.hpp"

namespace rollcall::answer {

/// The part of a message that holds records, in octets.
struct WrittenRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// leave_out: only records for which the zone is authoritative. needed: a referral's addresses,
/// below the cut too; RFC 9471 section 3.1 requires all of them, or TC.
enum class Glue : std::uint8_t { leave_out, needed };

/// The offset in the RDATA of the name whose addresses the client will need; nothing for types that
/// point to no host.
constexpr std::optional<std::size_t> host_offset(dns::Type type) noexcept {
  switch (type) {
    case dns::Type::NS:
      return 0;  // RFC 1035 section 3.3.11
    case dns::Type::MX:
      return 2;  // RFC 1035 section 3.3.9
    case dns::Type::SRV:
      return 6;            // RFC 2782
    case dns::Type::SVCB:  // RFC 9460 section 4.1
    case dns::Type::HTTPS:
      return 2;
    default:
      return std::nullopt;
  }
}

/// Appends A and AAAA of the in-zone targets of the records in `range` that point to hosts.
/// @return false where glue that a referral needs did not fit
bool append_addresses(ResponseWriter& out, const zone::Zone& zone, std::uint16_t origin_at,
                      WrittenRange range, Glue glue) noexcept;

}  // namespace rollcall::answer
