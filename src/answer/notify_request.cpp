#include "answer/notify_request.hpp"

#include <algorithm>

#include "dns/message_reader.hpp"
#include "dns/tsig.hpp"

namespace rollcall::answer {
namespace {

using dns::Rcode;

/// The entry of the zone with that very name, where it is transferred.
const zone::CatalogEntry* transferred_zone(const zone::Catalog& catalog, const dns::Query& query) {
  if (query.type != dns::Type::SOA || query.qclass != dns::Class::IN) return nullptr;
  const zone::CatalogEntry* entry = catalog.find(query.name);
  const bool exact = entry != nullptr && entry->origin.size() == query.name.size();
  return exact && entry->transfer && entry->transfer->is_transferred() ? entry : nullptr;
}

bool is_primary(const zone::CatalogEntry& entry, const IpAddress& address) {
  return std::ranges::any_of(entry.transfer->primaries, [&](const zone::Primary& primary) {
    return primary.address.address.unmapped() == address;
  });
}

/// RFC 1996 section 3.7: the answer section may have the new SOA.
std::optional<std::uint32_t> serial_told(const Request& request) {
  dns::RecordReader records(request.packet, dns::kHeaderSize + request.query.question_size);
  dns::WireRecord record;
  const bool soa = records.next(record) && record.section == dns::Section::answer &&
                   record.type == dns::Type::SOA;
  return soa ? dns::serial_of(record) : std::nullopt;
}

/// @param question whether it is repeated
std::size_t write_reply(const Request& request, Rcode rcode, bool question, MutableBytes out) {
  ByteWriter to(out);
  const std::uint16_t opcode = request.query.flags & dns::flag::kOpcodeMask;
  const std::uint16_t authority = rcode == Rcode::noerror ? dns::flag::kAa : 0;
  to.u16(request.query.id);
  to.u16(static_cast<std::uint16_t>(dns::flag::kQr | opcode | authority |
                                    static_cast<std::uint16_t>(rcode)));
  to.u16(question ? 1 : 0);
  for (int i = 0; i < 3; ++i) to.u16(0);
  if (question) to.bytes(request.packet.subspan(dns::kHeaderSize, request.query.question_size));
  return to.position();
}

}  // namespace

Answered answer_notify(const zone::Catalog& catalog, const Request& request,
                       const NotifySource& sender, const TakeNotify& take, MutableBytes out) {
  const zone::CatalogEntry* entry = take ? transferred_zone(catalog, request.query) : nullptr;
  if (entry == nullptr) {
    return {.size = write_reply(request, Rcode::notimp, false, out), .rcode = Rcode::notimp};
  }
  std::optional<dns::TsigSession> session;
  const bool is_signed = request.query.tsig.has_value();
  if (is_signed) {
    session =
        dns::TsigSession::verify(request.packet, *request.query.tsig, catalog.keys(), sender.now);
  }
  const std::optional<IpAddress> from = IpAddress::from_octets(sender.address);
  Rcode rcode = Rcode::noerror;
  if (is_signed && !session) {
    rcode = Rcode::formerr;
  } else if (session && session->error() != dns::TsigError::none) {
    rcode = Rcode::notauth;
  } else if (!from || !is_primary(*entry, from->unmapped())) {
    rcode = Rcode::refused;
  } else if (!take({entry->origin, from->unmapped(), serial_told(request)})) {
    rcode = Rcode::servfail;
  }
  std::size_t size = write_reply(request, rcode, true, out);
  if (session) size = session->sign(out, size, sender.now);
  return {.size = size, .rcode = rcode, .zone = entry};
}

}  // namespace rollcall::answer
