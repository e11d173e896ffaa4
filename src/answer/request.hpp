/// A request that is being answered.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/bytes.hpp"
#include "dns/message.hpp"
#include "dns/query.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

/// A request as Responder::read() fills it, in place like dns::Query. The packet and the catalog
/// must outlive it.
struct Request {
  Bytes packet;
  dns::Query query;
  std::optional<dns::QueryError> error;
  const zone::CatalogEntry* entry;  // from find_zone(); null: no zone, or no question
  const zone::NodeHeader* node;     // zone::Zone::guess() of the question's name in it
};

/// True where the zone is transferred: how long it may be served is not known here, and is better
/// not told than told too long.
inline bool is_from_primaries(const Request& request) noexcept {
  return request.entry != nullptr && request.entry->transfer &&
         request.entry->transfer->is_transferred();
}

/// Octets that a response over UDP may have.
/// @param asked in the request's OPT record; RFC 6891 section 6.2.3: values below 512 count as 512
inline std::size_t udp_size_limit(std::uint16_t asked) noexcept {
  return std::clamp(asked, dns::kClassicUdpSize, dns::kEdnsUdpSize);
}

/// What became of a request: for counters and logs.
struct Answered {
  std::size_t size = 0;  // octets of the response; 0: nothing is sent
  dns::Rcode rcode = dns::Rcode::noerror;
  bool truncated = false;
  const zone::CatalogEntry* zone = nullptr;  // of the question; null: none is served
};

}  // namespace rollcall::answer
