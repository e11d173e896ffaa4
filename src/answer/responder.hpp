/// A query packet to a response packet: the whole of what an authoritative server says.
///
/// Limitations: no DNSSEC answers, cookies, extended errors or CHAOS names; ANY is answered with
/// HINFO (RFC 8482 section 4.2) always; names further than 16383 octets into a message are not
/// pointed to, so that additional records are left out of such messages.
#pragma once

#include <cstdint>
#include <string>

#include "core/bytes.hpp"
#include "core/instant.hpp"
#include "core/random.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

enum class Transport : std::uint8_t { udp, tcp };

struct ResponderOptions {
  std::string nsid;  // RFC 5001; empty: the option is not answered
};

/// Immutable and shared by all workers. The catalog and the generator are the caller's.
class Responder {
 public:
  explicit Responder(ResponderOptions options) : options_(std::move(options)) {}

  /// @param packet one message as received
  /// @param out at least dns::kMaxMessageSize octets for TCP, dns::kEdnsUdpSize for UDP
  /// @param now for signatures (RFC 8945), which bear the time
  /// @return octets of the response at the front of `out`; 0: nothing is sent
  std::size_t answer(const zone::Catalog& catalog, Bytes packet, MutableBytes out,
                     Transport transport, Random& random, WallTime now) const noexcept;

 private:
  ResponderOptions options_;
};

}  // namespace rollcall::answer
