#include "answer/responder.hpp"

#include <algorithm>

#include "answer/resolve.hpp"
#include "answer/response_writer.hpp"
#include "dns/query.hpp"

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

Resolution solve(const zone::Catalog& catalog, dns::Query& query, ResponseWriter& out) noexcept {
  if (query.qclass != dns::Class::IN) return {Rcode::refused, 0};
  if (query.type == dns::Type::OPT || query.type == dns::Type::TSIG) return {Rcode::formerr, 0};
  // RFC 5936 section 4.2 defines AXFR over TCP alone, and there open_transfer() serves it.
  if (query.type == dns::Type::AXFR) return {Rcode::notimp, 0};
  const zone::CatalogEntry* entry = find_zone(catalog, query);
  if (query.type == dns::Type::IXFR &&
      (entry == nullptr || query.name.size() != entry->origin.size())) {
    return {Rcode::notauth, 0};
  }
  if (entry == nullptr) return {Rcode::refused, 0};
  if (!entry->zone) return {Rcode::servfail, 0};
  return resolve(catalog, *entry, query, out);
}

}  // namespace

std::size_t Responder::answer(const zone::Catalog& catalog, Bytes packet, MutableBytes out,
                              Transport transport, Random& random) const noexcept {
  dns::Query query;
  const std::optional<dns::QueryError> error = dns::read_query(packet, query);
  if (error == dns::QueryError::silence) return 0;

  ResponseWriter writer(out, size_limit(query, transport, out.size()), random);
  writer.begin(packet, query);
  const Bytes nsid = query.edns.nsid ? as_bytes(options_.nsid) : Bytes{};
  const std::size_t reserved = query.edns.present ? opt_size(nsid) : 0;
  writer.reserve(reserved);

  Resolution solved;
  if (error) {
    solved.rcode = rcode_of(*error);
  } else {
    solved = solve(catalog, query, writer);
  }
  writer.release(reserved);
  if (query.edns.present) writer.append_opt(solved.rcode, query.edns.dnssec_ok, nsid);
  return writer.finish(query, solved.flags, solved.rcode);
}

}  // namespace rollcall::answer
