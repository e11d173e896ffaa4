#include "answer/plain_answer.hpp"

#include "answer/addresses.hpp"
#include "answer/live_records.hpp"
#include "answer/response_writer.hpp"
#include "core/octets.hpp"

namespace rollcall::answer {
namespace {

/// RFC 4035 3.1.4.1: DS at a zone's apex is answered by the parent. A SOA has the live serial, and
/// names of hosts need their addresses in the additional section.
bool wants_more(dns::Type type) noexcept {
  return type == dns::Type::SOA || type == dns::Type::DS || host_offset(type).has_value();
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
  const std::size_t opt_size = request.has_opt ? dns::kPlainOptSize : 0;
  if (request.question_end + opt_size > request.limit) return 0;
  const std::size_t room = request.limit - opt_size - request.question_end;

  const std::optional<Written> written = write_records(
      out.data() + request.question_end, room, *answer.rrset, answer.zone->watch_table(), random);
  if (!written || written->records == 0) return 0;
  copy_octets(out.data(), request.packet.data(), request.question_end);
  write_counts(out.data(),
               {static_cast<std::uint16_t>(written->records), 0, std::uint16_t{request.has_opt}});
  const std::uint16_t asked = load_u16(request.packet.data() + dns::header::kFlags);
  store_u16(out.data() + dns::header::kFlags,
            response_flags(asked, dns::flag::kAa, dns::Rcode::noerror));
  const std::size_t size = request.question_end + written->octets;
  if (!request.has_opt) return size;
  const EdnsReply edns{.dnssec_ok = request.dnssec_ok};
  return size + edns.write(out.subspan(size, dns::kPlainOptSize), dns::Rcode::noerror);
}

}  // namespace rollcall::answer
