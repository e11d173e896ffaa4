#include "answer/responder.hpp"

#include <algorithm>

#include "answer/plain_answer.hpp"
#include "answer/resolve.hpp"
#include "answer/response_writer.hpp"
#include "dns/query.hpp"
#include "dns/tsig.hpp"

namespace rollcall::answer {
namespace {

using dns::Rcode;

/// The limit of the response in octets.
std::size_t size_limit(const dns::Query& query, Transport transport, std::size_t room) noexcept {
  if (transport == Transport::tcp) return std::min(room, dns::kMaxMessageSize);
  const bool edns = query.edns.present;
  return std::min<std::size_t>(room,
                               edns ? udp_size_limit(query.edns.udp_size) : dns::kClassicUdpSize);
}

Rcode rcode_of(dns::QueryError error) noexcept {
  switch (error) {
    case dns::QueryError::notimp:
      return Rcode::notimp;
    case dns::QueryError::badvers:
      return Rcode::badvers;
    default:
      return Rcode::formerr;
  }
}

/// What a request asks about the zone that it is answered from.
void tell_of_zone(const Request& request, EdnsReply& reply) noexcept {
  const dns::Query& query = request.query;
  if (request.entry == nullptr || !request.entry->zone || query.qclass != dns::Class::IN) return;
  const zone::Zone& zone = *request.entry->zone;
  if (query.edns.zone_version) {
    reply.zone_version = {static_cast<std::uint8_t>(zone.origin().label_count()),
                          zone.watch_table().serial()};
  }
  // RFC 7314 section 2: with SOA, AXFR and IXFR.
  const bool at_apex = query.name.size() == zone.origin().size();
  const bool about_soa = query.type == dns::Type::SOA || query.type == dns::Type::IXFR;
  if (query.edns.expire && about_soa && at_apex && !is_from_primaries(request)) {
    reply.expire = zone.soa().expire;
  }
}

}  // namespace

void Responder::set(ResponderOptions options) {
  const bool same = !versions_.empty() && *versions_.back() == options;
  if (same) return;
  versions_.push_back(std::make_unique<const ResponderOptions>(std::move(options)));
  options_.store(versions_.back().get(), std::memory_order_release);
}

EdnsReply Responder::edns_reply(const Request& request, const Asker& asker) const noexcept {
  const dns::Query& query = request.query;
  const ResponderOptions& options = this->options();
  EdnsReply reply{.dnssec_ok = query.edns.dnssec_ok};
  if (query.edns.nsid) reply.nsid = as_bytes(options.nsid);
  // RFC 7828 section 3.2.1: the option has no meaning over UDP.
  reply.keepalive = query.edns.keepalive && asker.transport == Transport::tcp;
  if (!query.edns.cookie.empty()) {
    // No client is refused for its cookie (RFC 7873 section 5.2.3 leaves that to the server), so a
    // fresh one is all that the response needs.
    reply.client_cookie = query.edns.cookie.first(kClientCookieSize);
    reply.server_cookie =
        make_server_cookie(reply.client_cookie, asker.address, asker.now, options.cookie_secret);
  }
  tell_of_zone(request, reply);
  return reply;
}

/// RFC 7873 section 5.4: a client that asks only for a cookie learns whether its cookie is valid.
Rcode Responder::confirm_cookie(const dns::Query& query, const Asker& asker) const noexcept {
  const Bytes client = query.edns.cookie.first(kClientCookieSize);
  const Bytes server = query.edns.cookie.subspan(kClientCookieSize);
  const bool good = server.empty() || valid_server_cookie(client, server, asker.address, asker.now,
                                                          options().cookie_secret);
  return good ? Rcode::noerror : Rcode::badcookie;
}

/// The result of a query that needs no zone; nothing where it needs one.
/// @param entry from find_zone()
std::optional<Resolution> Responder::tell_at_once(const dns::Query& query,
                                                  const zone::CatalogEntry* entry,
                                                  ResponseWriter& out) const noexcept {
  if (query.qclass == dns::Class::CH) return Resolution{answer_chaos(query, options().chaos, out)};
  if (query.qclass != dns::Class::IN) return Resolution{Rcode::refused};
  if (query.type == dns::Type::OPT || query.type == dns::Type::TSIG) {
    return Resolution{Rcode::formerr};
  }
  // RFC 5936 section 4.2 defines AXFR only over TCP, where open_transfer() serves it.
  if (query.type == dns::Type::AXFR) return Resolution{Rcode::notimp};
  const bool exact = entry != nullptr && query.name.size() == entry->origin.size();
  if (query.type == dns::Type::IXFR && !exact) return Resolution{Rcode::notauth};
  if (entry == nullptr) return Resolution{Rcode::refused, 0, ExtendedError::not_authoritative};
  if (entry->zone) return std::nullopt;
  return Resolution{Rcode::servfail, 0,
                    entry->refused ? ExtendedError::invalid_data : ExtendedError::not_ready};
}

Resolution Responder::solve(const zone::Catalog& catalog, const Request& request,
                            ResponseWriter& out) const noexcept {
  if (const auto told = tell_at_once(request.query, request.entry, out)) return *told;
  return resolve(catalog, *request.entry->zone, request.query, options().any, out);
}

void Responder::read(const zone::Catalog& catalog, Bytes packet, Request& request) noexcept {
  request.packet = packet;
  request.error = dns::read_query(packet, request.query);
  request.entry = nullptr;
  request.node = nullptr;
  if (request.error || request.query.question_size == 0) return;
  request.entry = find_zone(catalog, request.query.name, request.query.type);
  if (request.entry != nullptr && request.entry->zone) {
    request.entry->zone->prefetch(request.query.name.hash(0));
  }
}

void Responder::fetch(Request& request) noexcept {
  if (request.entry == nullptr || !request.entry->zone) return;
  request.node = request.entry->zone->guess(request.query.name.hash(0));
}

Answered Responder::answer(const zone::Catalog& catalog, Bytes packet, MutableBytes out,
                           const Asker& asker, Random& random) const noexcept {
  Request request;
  read(catalog, packet, request);
  fetch(request);
  return answer(catalog, request, out, asker, random);
}

Answered Responder::answer(const zone::Catalog& catalog, const Request& request, MutableBytes out,
                           const Asker& asker, Random& random) const noexcept {
  if (request.error || request.query.tsig) {
    return answer_special(catalog, request, out, asker, random);
  }
  if (const PlainAnswer plain = find_plain_answer(request)) {
    const dns::Query& query = request.query;
    const PlainRequest asked{.packet = request.packet,
                             .question_end = dns::kHeaderSize + query.question_size,
                             .limit = size_limit(query, asker.transport, out.size()),
                             .has_opt = query.edns.present,
                             .dnssec_ok = query.edns.dnssec_ok};
    if (const std::size_t size = write_plain_answer(asked, plain, out, random)) {
      return {.size = size, .zone = request.entry};
    }
  }
  return respond(catalog, request, {}, out, asker, random);
}

std::size_t Responder::answer_changes(const zone::Catalog& catalog, const Request& request,
                                      MutableBytes out, const Asker& asker,
                                      const FindChanges& find) const {
  const dns::Query& query = request.query;
  if (request.error || query.type != dns::Type::IXFR || query.question_size == 0) return 0;
  const auto client = IpAddress::from_octets(asker.address);
  if (!find || !client) return 0;
  auto opened = open_transfer(catalog, request, client->unmapped(), asker.now, find);
  if (!opened || !opened->stream.changes_from()) return 0;
  if (query.edns.present) opened->stream.set_edns(edns_reply(request, asker));
  std::size_t limit = size_limit(query, Transport::udp, out.size());
  std::optional<dns::TsigSession>& signature = opened->signature;
  if (!signature) limit = std::min<std::size_t>(limit, dns::kClassicUdpSize);
  const std::size_t reserved = signature ? signature->record_size() : 0;
  if (limit <= reserved) return 0;
  const std::size_t size = opened->stream.next_if_last(out.first(limit - reserved));
  return size != 0 && signature ? signature->sign(out, size, asker.now) : size;
}

/// Answers requests that are wrong or signed.
Answered Responder::answer_special(const zone::Catalog& catalog, const Request& request,
                                   MutableBytes out, const Asker& asker,
                                   Random& random) const noexcept {
  const std::optional<dns::QueryError>& error = request.error;
  if (error == dns::QueryError::silence) return {};
  if (error == dns::QueryError::notify) {
    return answer_notify(catalog, request, {asker.address, asker.now}, take_notify_, out);
  }
  const bool whole = !error || error == dns::QueryError::badvers;
  if (whole && request.query.tsig) return answer_signed(catalog, request, out, asker, random);
  return respond(catalog, request, {rcode_of(*error)}, out, asker, random);
}

/// A function of its own: a session is large, and few requests need one.
Answered Responder::answer_signed(const zone::Catalog& catalog, const Request& request,
                                  MutableBytes out, const Asker& asker,
                                  Random& random) const noexcept {
  std::optional<dns::TsigSession> session =
      dns::TsigSession::verify(request.packet, *request.query.tsig, catalog.keys(), asker.now);
  if (!session) return respond(catalog, request, {Rcode::formerr}, out, asker, random);
  Terms terms{.reserved = session->record_size()};
  if (request.error) terms.wrong = rcode_of(*request.error);
  if (session->error() != dns::TsigError::none) {
    terms.wrong = Rcode::notauth;  // RFC 8945 section 5.2
  } else if (request.entry != nullptr && request.entry->transfer) {
    terms.view = request.entry->transfer->view_of(session->verified_key());
  }
  Answered answered = respond(catalog, request, terms, out, asker, random);
  answered.size = session->sign(out, answered.size, asker.now);
  return answered;
}

Answered Responder::respond(const zone::Catalog& catalog, const Request& request,
                            const Terms& terms, MutableBytes out, const Asker& asker,
                            Random& random) const noexcept {
  const dns::Query& query = request.query;
  const Rcode wrong = terms.wrong;
  ResponseWriter writer(out, size_limit(query, asker.transport, out.size()), random);
  writer.begin(request.packet, query);
  writer.reserve(terms.reserved);
  if (terms.view == zone::View::full && request.entry->zone) {
    const zone::Zone& zone = *request.entry->zone;
    writer.show_serial(zone, zone.watch_table().full_serial());
  }
  Resolution solved{wrong};
  const auto finish = [&]() -> Answered {
    return {.size = writer.finish(query, solved.flags, solved.rcode),
            .rcode = solved.rcode,
            .truncated = (solved.flags & dns::flag::kTc) != 0,
            .zone = request.entry};
  };
  if (!query.edns.present) {
    if (wrong == Rcode::noerror) solved = solve(catalog, request, writer);
    return finish();
  }
  EdnsReply edns = edns_reply(request, asker);
  const std::size_t opt_room = edns.size();
  writer.reserve(opt_room);
  if (wrong == Rcode::noerror) {
    solved = query.question_size != 0 ? solve(catalog, request, writer)
                                      : Resolution{confirm_cookie(query, asker)};
  }
  writer.release(opt_room);
  // No space is reserved for it: a response with an extended error has no records.
  edns.extended_error = solved.extended_error;
  if (solved.rcode != Rcode::noerror && solved.rcode != Rcode::nxdomain) edns.zone_version.reset();
  if (edns.size() > writer.room()) edns.extended_error.reset();
  writer.append_opt(edns, solved.rcode);
  return finish();
}

}  // namespace rollcall::answer
