#include "answer/update_door.hpp"

#include <fmt/format.h>

#include "answer/response_writer.hpp"
#include "dns/query.hpp"

namespace rollcall::answer {
namespace {

using dns::Rcode;

constexpr std::size_t kMaxText = 200;  // octets of EXTRA-TEXT: a reply fits any UDP packet

bool is_loopback(const IpAddress& address) {
  static const IpPrefix v4 = *IpPrefix::parse("127.0.0.0/8");
  static const IpPrefix v6 = *IpPrefix::parse("::1/128");
  return v4.contains(address) || v6.contains(address);
}

struct OpeningUpdate {
  const zone::Catalog& catalog;
  Bytes packet;
  IpAddress client;
  Transport transport;
  WallTime now;

  /// Nothing: not wrong.
  std::optional<UpdateRefusal> check_signature(const dns::Query& query,
                                               std::optional<dns::TsigSession>& signature) const {
    if (!query.tsig) return std::nullopt;
    signature = dns::TsigSession::verify(packet, *query.tsig, catalog.keys(), now);
    if (!signature) return UpdateRefusal{.rcode = Rcode::formerr, .reason = "malformed TSIG"};
    if (signature->verified_key()) return std::nullopt;
    // RFC 8945 section 5.2.
    return UpdateRefusal{.rcode = Rcode::notauth,
                         .reason = dns::tsig_error_name(signature->error()),
                         .is_told = true};
  }

  /// RFC 2136 section 3.1.
  std::optional<UpdateRefusal> check_zone(const dns::Query& query,
                                          const zone::CatalogEntry* entry) const {
    if (query.type != dns::Type::SOA) return UpdateRefusal{.rcode = Rcode::formerr};
    const bool ours = entry != nullptr && entry->origin.size() == query.name.size();
    if (!ours || query.qclass != dns::Class::IN) {
      return UpdateRefusal{.rcode = Rcode::notauth,
                           .extended_error = ExtendedError::not_authoritative,
                           .reason = "not authoritative for this zone"};
    }
    if (entry->update) return std::nullopt;
    return UpdateRefusal{.extended_error = ExtendedError::prohibited,
                         .reason = "the zone has no allow_update"};
  }
};

}  // namespace

bool is_update(Bytes packet) noexcept {
  constexpr auto kUpdate = static_cast<std::uint16_t>(dns::Opcode::update)
                           << dns::flag::kOpcodeShift;
  return packet.size() >= dns::kHeaderSize &&
         (load_u16(packet.data() + dns::header::kFlags) &
          (dns::flag::kQr | dns::flag::kOpcodeMask)) == kUpdate;
}

Result<OpenedUpdate, UpdateRefusal> open_update(const zone::Catalog& catalog, Bytes packet,
                                                const IpAddress& client, Transport transport,
                                                WallTime now) {
  const OpeningUpdate opening{catalog, packet, client.unmapped(), transport, now};
  dns::Query query;
  std::optional<dns::TsigSession> signature;
  const auto refuse = [&](UpdateRefusal refusal) {
    refusal.signature = std::move(signature);
    return std::unexpected(std::move(refusal));
  };
  if (const auto error = dns::read_update_header(packet, query)) {
    const bool version = error == dns::QueryError::badvers;
    return refuse({.rcode = version ? Rcode::badvers : Rcode::formerr});
  }
  if (auto wrong = opening.check_signature(query, signature)) return refuse(std::move(*wrong));
  const zone::CatalogEntry* const entry = catalog.find(query.name);
  if (auto wrong = opening.check_zone(query, entry)) return refuse(std::move(*wrong));
  zone::UpdateClient from{
      .address = opening.client,
      .can_be_forged = transport == Transport::udp && !is_loopback(opening.client),
      .key = signature ? signature->verified_key() : std::nullopt};
  if (!entry->update->concerns(from)) {
    return refuse({.extended_error = ExtendedError::prohibited,
                   .reason = from.key ? "no entry of allow_update names this key"
                             : from.can_be_forged
                                 ? "no key; over UDP an address alone is not enough"
                                 : "no entry of allow_update names this address",
                   .is_told = true});
  }
  if (!entry->zone) {
    return refuse(
        {.rcode = Rcode::servfail,
         .extended_error = entry->refused ? ExtendedError::invalid_data : ExtendedError::not_ready,
         .reason = "the zone is not loaded"});
  }
  return OpenedUpdate{
      {packet.begin(), packet.end()}, entry->origin, entry->update, from, std::move(signature)};
}

std::string describe_refusal(Bytes packet, const std::optional<dns::Name>& key,
                             const Endpoint& client, dns::Rcode rcode, std::string_view reason) {
  std::string text = "update";
  if (const auto zone = dns::decode_name(packet, dns::kHeaderSize)) {
    text += " of " + zone->name.to_display();
  }
  text += " by " + client.to_string();
  if (key) text += " with the key " + key->to_display();
  return fmt::format("{} refused ({}): {}", text, dns::rcode_name(rcode), reason);
}

std::string describe_refusal(Bytes packet, const UpdateRefusal& refusal, const Endpoint& client) {
  std::optional<dns::Name> key;
  if (refusal.signature) key = refusal.signature->key_name();
  return describe_refusal(packet, key, client, refusal.rcode, refusal.reason);
}

std::size_t write_update_reply(Bytes packet, const UpdateReply& reply,
                               std::optional<dns::TsigSession>& signature, MutableBytes out,
                               WallTime now) {
  dns::Query query;
  if (dns::read_update_header(packet, query) == dns::QueryError::silence) return 0;
  Random unused(0);
  ResponseWriter writer(out, out.size(), unused);
  writer.begin(packet, query);
  if (query.edns.present) {
    writer.append_opt({.dnssec_ok = query.edns.dnssec_ok,
                       .extended_error = reply.extended_error,
                       .extended_text = reply.text.substr(0, kMaxText)},
                      reply.rcode);
  }
  const std::size_t size = writer.finish(query, 0, reply.rcode);
  return signature ? signature->sign(out, size, now) : size;
}

}  // namespace rollcall::answer
