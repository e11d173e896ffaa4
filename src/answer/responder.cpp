#include "answer/responder.hpp"

#include <algorithm>

#include "answer/resolve.hpp"
#include "answer/response_writer.hpp"
#include "dns/query.hpp"
#include "dns/tsig.hpp"

namespace rollcall::answer {
namespace {

using dns::Rcode;

/// Octets that the response may have. RFC 6891 6.2.3: values below 512 are taken as 512.
std::size_t size_limit(const dns::Query& query, Transport transport, std::size_t room) noexcept {
  if (transport == Transport::tcp) return std::min(room, dns::kMaxMessageSize);
  if (!query.edns.present) return std::min<std::size_t>(room, dns::kClassicUdpSize);
  const std::size_t asked = std::max(query.edns.udp_size, dns::kClassicUdpSize);
  return std::min({room, asked, std::size_t{dns::kEdnsUdpSize}});
}

Rcode rcode_of(dns::QueryError error) noexcept {
  switch (error) {
    case dns::QueryError::notimp: return Rcode::notimp;
    case dns::QueryError::badvers: return Rcode::badvers;
    default: return Rcode::formerr;
  }
}

/// RFC 4035 section 3.1.4.1: the DS RRset at a delegation belongs to the parent's side of the cut,
/// so that the question goes to the parent zone where both are served here.
const zone::CatalogEntry* find_zone(const zone::Catalog& catalog, const dns::Query& query) noexcept {
  const zone::CatalogEntry* entry = catalog.find(query.name);
  if (entry == nullptr || query.type != dns::Type::DS || query.name.labels() == 0) return entry;
  if (query.name.size() != entry->origin.size()) return entry;
  const zone::CatalogEntry* parent = catalog.find(query.name, 1);
  return parent != nullptr ? parent : entry;
}

Resolution solve(const zone::Catalog& catalog, dns::Query& query, ResponseWriter& out) noexcept {
  if (query.qclass != dns::Class::IN) return {Rcode::refused, 0};
  if (query.type == dns::Type::OPT || query.type == dns::Type::TSIG) return {Rcode::formerr, 0};
  // RFC 5936 section 4.2: AXFR over UDP is not defined. (Over TCP it does not come here.)
  if (query.type == dns::Type::AXFR) return {Rcode::formerr, 0};
  // RFC 1995 section 2: over UDP, what does not fit is told by the SOA alone.
  if (query.type == dns::Type::IXFR) query.type = dns::Type::SOA;
  const zone::CatalogEntry* entry = find_zone(catalog, query);
  if (entry == nullptr) return {Rcode::refused, 0};
  if (!entry->zone) return {Rcode::servfail, 0};
  return resolve(catalog, *entry, query, out);
}

}  // namespace

std::size_t Responder::answer(const zone::Catalog& catalog, Bytes packet, MutableBytes out,
                              Transport transport, Random& random, WallTime now) const noexcept {
  dns::Query query;
  std::optional<dns::QueryError> error = dns::read_query(packet, query);
  if (error == dns::QueryError::silence) return 0;
  std::optional<dns::TsigSession> signature;
  if (!error && query.tsig) {
    signature = dns::TsigSession::open(packet, *query.tsig, catalog.keys(), now);
    if (!signature) error = dns::QueryError::formerr;
  }

  ResponseWriter writer(out, size_limit(query, transport, out.size()), random);
  writer.begin(packet, query);
  const Bytes nsid = query.edns.nsid ? as_bytes(options_.nsid) : Bytes{};
  const std::size_t opt_room = query.edns.present ? opt_size(nsid) : 0;
  writer.reserve(opt_room + (signature ? signature->record_size() : 0));

  Resolution solved;
  if (error) {
    solved.rcode = rcode_of(*error);
  } else if (signature && signature->error() != dns::TsigError::none) {
    solved.rcode = Rcode::notauth;  // RFC 8945 section 5.2
  } else {
    solved = solve(catalog, query, writer);
  }
  writer.release(opt_room);
  if (query.edns.present) writer.append_opt(solved.rcode, query.edns.dnssec_ok, nsid);
  const std::size_t size = writer.finish(query, solved.flags, solved.rcode);
  return signature ? signature->sign(out, size, now) : size;
}

}  // namespace rollcall::answer
