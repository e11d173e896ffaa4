#include "answer/plain_answer.hpp"

#include <bit>

#include "answer/addresses.hpp"
#include "answer/live_records.hpp"
#include "answer/response_writer.hpp"
#include "core/octets.hpp"

namespace rollcall::answer {
namespace {

/// RFC 4035 3.1.4.1: who asks a zone's apex for DS wants it from the parent. A SOA has a serial of
/// its own, and hosts want their addresses told.
bool wants_more(dns::Type type) noexcept {
  return type == dns::Type::SOA || type == dns::Type::DS || host_offset(type).has_value();
}

/// Writes the live records. @return their number, 0 where they do not fit in `room` or none is live
unsigned write_live_records(std::uint8_t*& to, std::size_t room, PlainAnswer answer,
                            Random& random) noexcept {
  const zone::RrsetHeader& rrset = *answer.rrset;
  const std::uint64_t mask = answer.zone->watch_table().mask(rrset.watch);
  const std::size_t size = write_live(to, room, rrset, mask, random);
  to += size;
  return size == 0 ? 0 : static_cast<unsigned>(std::popcount(mask));
}

}  // namespace

PlainAnswer find_plain_answer(const Request& request) noexcept {
  const zone::NodeHeader* node = request.node;
  const dns::Query& query = request.query;
  if (node == nullptr || (node->flags & zone::kNotAuthoritative) != 0) return {};
  if (query.qclass != dns::Class::IN || wants_more(query.type)) return {};
  if (query.edns.has_options()) return {};
  if (!same_octets(node->name(), query.name.suffix(0))) return {};
  return {request.entry->zone.get(), node->find(query.type)};
}

std::size_t write_plain_answer(const PlainRequest& request, PlainAnswer answer, MutableBytes out,
                               Random& random) noexcept {
  const zone::RrsetHeader& rrset = *answer.rrset;
  const std::size_t opt_size = request.has_opt ? kPlainOptSize : 0;
  if (request.question_end + opt_size > request.limit) return 0;
  const std::size_t room = request.limit - opt_size - request.question_end;

  std::uint8_t* to = out.data() + request.question_end;
  unsigned count = rrset.count;
  if (rrset.watched()) {
    count = write_live_records(to, room, answer, random);
    if (count == 0) return 0;
  } else {
    if (rrset.size > room) return 0;
    write_in_turn(to, rrset, random);
    to += rrset.size;
  }
  copy_octets(out.data(), request.packet.data(), request.question_end);
  write_counts(out.data(), {static_cast<std::uint16_t>(count), 0, std::uint16_t{request.has_opt}});
  const std::uint16_t asked = load_u16(request.packet.data() + dns::header::kFlags);
  store_u16(out.data() + dns::header::kFlags,
            response_flags(asked, dns::flag::kAa, dns::Rcode::noerror));
  const auto size = static_cast<std::size_t>(to - out.data());
  if (!request.has_opt) return size;
  const EdnsReply edns{.dnssec_ok = request.dnssec_ok};
  return size + edns.write(out.subspan(size, kPlainOptSize), dns::Rcode::noerror);
}

}  // namespace rollcall::answer
