/// A query packet to a response packet: everything that an authoritative server answers.
///
/// Limitations: no DNSSEC answers; no compression pointers to names beyond offset 16383 of a
/// message, so that additional records are left out there.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "answer/chaos.hpp"
#include "answer/cookie.hpp"
#include "answer/notify_request.hpp"
#include "answer/request.hpp"
#include "answer/resolve.hpp"
#include "answer/transfer.hpp"
#include "core/bytes.hpp"
#include "core/instant.hpp"
#include "core/random.hpp"
#include "dns/query.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

enum class Transport : std::uint8_t { udp, tcp };

/// The client, its transport, and the time of the request.
struct Asker {
  Transport transport = Transport::udp;
  Bytes address;  // 4 or 16 octets
  WallTime now;   // for signatures (RFC 8945) and cookies (RFC 9018), which contain the time
};

struct ResponderOptions {
  std::string nsid;  // RFC 5001; empty: the option is not answered
  AnyAnswer any = AnyAnswer::hinfo;
  ChaosNames chaos;
  CookieSecret cookie_secret{};

  bool operator==(const ResponderOptions&) const = default;
};

/// Shared by all workers. The caller owns the catalog and the generator.
class Responder {
 public:
  explicit Responder(ResponderOptions options) { set(std::move(options)); }

  /// Takes effect at once, also in workers that are answering; called by one thread. The previous
  /// options are kept, so that workers read them without a reference count: some 200 octets for
  /// each reload that changes them.
  void set(ResponderOptions options);

  /// Takes NOTIFY from primaries; without it, it is not implemented. Call before anything below.
  void take_notify(TakeNotify take) { take_notify_ = std::move(take); }

  /// @param packet one message as received
  /// @param out at least dns::kMaxMessageSize octets for TCP, dns::kEdnsUdpSize for UDP
  /// @return the size of the response at the front of `out`; 0: nothing is sent
  Answered answer(const zone::Catalog& catalog, Bytes packet, MutableBytes out, const Asker& asker,
                  Random& random) const noexcept;

  /// answer() in three steps, for a caller with many packets: each step is done for all of them
  /// before the next, so that memory for one packet is fetched while others are processed.
  static void read(const zone::Catalog& catalog, Bytes packet, Request& request) noexcept;
  static void fetch(Request& request) noexcept;
  Answered answer(const zone::Catalog& catalog, const Request& request, MutableBytes out,
                  const Asker& asker, Random& random) const noexcept;
  /// Answers an IXFR that came by UDP with what changed, where that fits into the response
  /// (RFC 1995 section 2) and the client may transfer the zone. An unsigned request may be forged:
  /// its response has at most dns::kClassicUdpSize octets.
  /// @return 0: answer() is to answer it, with the SOA alone or an error
  std::size_t answer_changes(const zone::Catalog& catalog, const Request& request, MutableBytes out,
                             const Asker& asker, const FindChanges& find) const;

 private:
  Answered answer_special(const zone::Catalog& catalog, const Request& request, MutableBytes out,
                          const Asker& asker, Random& random) const noexcept;
  Answered answer_signed(const zone::Catalog& catalog, const Request& request, MutableBytes out,
                         const Asker& asker, Random& random) const noexcept;
  /// An error to be answered at once, or noerror; octets to keep free behind the response; and what
  /// the SOA shows.
  struct Terms {
    dns::Rcode wrong = dns::Rcode::noerror;
    std::size_t reserved = 0;
    zone::View view = zone::View::live;
  };
  Answered respond(const zone::Catalog& catalog, const Request& request, const Terms& terms,
                   MutableBytes out, const Asker& asker, Random& random) const noexcept;
  EdnsReply edns_reply(const Request& request, const Asker& asker) const noexcept;
  dns::Rcode confirm_cookie(const dns::Query& query, const Asker& asker) const noexcept;
  Resolution solve(const zone::Catalog& catalog, const Request& request,
                   ResponseWriter& out) const noexcept;
  std::optional<Resolution> tell_at_once(const dns::Query& query, const zone::CatalogEntry* entry,
                                         ResponseWriter& out) const noexcept;

  const ResponderOptions& options() const noexcept {
    return *options_.load(std::memory_order_acquire);
  }

  TakeNotify take_notify_;
  std::vector<std::unique_ptr<const ResponderOptions>> versions_;
  std::atomic<const ResponderOptions*> options_ = nullptr;  // the last of them
};

}  // namespace rollcall::answer
