/// A query packet to a response packet: the whole of what an authoritative server says.
///
/// Limitations: no DNSSEC answers; names further than 16383 octets into a message are not pointed
/// to, so that additional records are left out of such messages.
#pragma once

#include <cstdint>
#include <string>

#include "answer/chaos.hpp"
#include "answer/cookie.hpp"
#include "answer/resolve.hpp"
#include "core/bytes.hpp"
#include "core/instant.hpp"
#include "core/random.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

enum class Transport : std::uint8_t { udp, tcp };

/// Who asks, how, and when.
struct Asker {
  Transport transport = Transport::udp;
  Bytes address;  // 4 or 16 octets
  WallTime now;   // for signatures (RFC 8945) and cookies (RFC 9018), which bear the time
};

struct ResponderOptions {
  std::string nsid;  // RFC 5001; empty: the option is not answered
  AnyAnswer any = AnyAnswer::hinfo;
  ChaosNames chaos;
  CookieSecret cookie_secret{};
};

/// Immutable and shared by all workers. The catalog and the generator are the caller's.
class Responder {
 public:
  explicit Responder(ResponderOptions options) : options_(std::move(options)) {}

  /// @param packet one message as received
  /// @param out at least dns::kMaxMessageSize octets for TCP, dns::kEdnsUdpSize for UDP
  /// @return octets of the response at the front of `out`; 0: nothing is sent
  std::size_t answer(const zone::Catalog& catalog, Bytes packet, MutableBytes out,
                     const Asker& asker, Random& random) const noexcept;

 private:
  EdnsReply edns_reply(const dns::Query& query, const Asker& asker) const noexcept;
  dns::Rcode confirm_cookie(const dns::Query& query, const Asker& asker) const noexcept;
  Resolution solve(const zone::Catalog& catalog, dns::Query& query,
                   ResponseWriter& out) const noexcept;

  ResponderOptions options_;
};

}  // namespace rollcall::answer
