/// Catalogs from zone texts in memory, and responses as something that tests can ask.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "answer/responder.hpp"
#include "dns/message.hpp"
#include "dns/rdata_text.hpp"
#include "dns/tsig.hpp"
#include "zone/catalog.hpp"
#include "zone/load.hpp"

namespace rollcall::answer {

inline dns::Name name_of(std::string_view text) {
  return *dns::Name::parse(text);
}

struct ZoneText {
  std::string origin;
  std::string text;
  std::vector<std::string> pools = {};
  zone::TransferPolicy transfer = {};
};

/// Throws what is wrong with the text: a test's own mistake.
inline zone::CatalogEntry load_entry(const ZoneText& source) {
  std::vector<dns::Name> pools;
  for (const std::string& pool : source.pools) pools.push_back(name_of(pool));
  const zone::LoadReport report =
      zone::load_zone({name_of(source.origin), "zone", pools},
                      [&](const std::string&) -> Result<std::string> { return source.text; });
  if (!report.zone) throw std::runtime_error(to_string(report.diagnostics.at(0)));
  return {name_of(source.origin), report.zone,
          std::make_shared<const zone::TransferPolicy>(source.transfer)};
}

inline zone::Catalog load_catalog(const std::vector<ZoneText>& zones,
                                  std::vector<dns::TsigKey> keys = {}) {
  std::vector<zone::CatalogEntry> entries;
  for (const ZoneText& zone : zones) entries.push_back(load_entry(zone));
  return zone::Catalog(std::move(entries), std::move(keys));
}

struct Question {
  std::string name;
  dns::Type type = dns::Type::A;
  std::optional<std::uint16_t> edns_size = 1232;
  dns::Class qclass = dns::Class::IN;
  std::uint16_t id = 0x1234;
};

inline std::vector<std::uint8_t> make_query(const Question& question) {
  std::vector<std::uint8_t> packet(512);
  ByteWriter out(packet);
  out.u16(question.id);
  out.u16(dns::flag::kRd);
  out.u16(1);
  out.u32(0);
  out.u16(question.edns_size ? 1 : 0);
  out.bytes(name_of(question.name).wire());
  out.u16(static_cast<std::uint16_t>(question.type));
  out.u16(static_cast<std::uint16_t>(question.qclass));
  if (question.edns_size) {
    out.u8(0);
    out.u16(static_cast<std::uint16_t>(dns::Type::OPT));
    out.u16(*question.edns_size);
    out.u32(0);
    out.u16(0);
  }
  packet.resize(out.position());
  return packet;
}

/// A response read back by a reader that shares nothing with the writer but the wire format.
struct Response {
  std::uint16_t id = 0, flags = 0;
  unsigned rcode = 0;                                      // with the upper bits of an OPT
  std::vector<std::string> answer, authority, additional;  // "owner TTL TYPE RDATA", OPT left out
  bool opt = false;
  bool tsig = false;
  std::size_t size = 0;

  bool aa() const { return (flags & dns::flag::kAa) != 0; }
  bool tc() const { return (flags & dns::flag::kTc) != 0; }
};

/// The RDATA with its names decompressed.
inline std::vector<std::uint8_t> whole_rdata(Bytes message, dns::Type type, std::size_t at,
                                             std::size_t size) {
  std::vector<std::uint8_t> whole;
  const auto copy = [&](std::size_t from, std::size_t count) {
    whole.insert(whole.end(), message.begin() + static_cast<std::ptrdiff_t>(from),
                 message.begin() + static_cast<std::ptrdiff_t>(from + count));
  };
  const auto name = [&](std::size_t from) {
    const auto decoded = dns::decode_name(message, from).value();
    whole.insert(whole.end(), decoded.name.wire().begin(), decoded.name.wire().end());
    return decoded.consumed;
  };
  switch (type) {
    case dns::Type::NS:
    case dns::Type::CNAME:
    case dns::Type::PTR:
    case dns::Type::DNAME:
      name(at);
      break;
    case dns::Type::MX:
      copy(at, 2);
      name(at + 2);
      break;
    case dns::Type::SRV:
      copy(at, 6);
      name(at + 6);
      break;
    case dns::Type::SOA: {
      std::size_t used = name(at);
      used += name(at + used);
      copy(at + used, 20);
      break;
    }
    default:
      copy(at, size);
  }
  return whole;
}

inline Response read_response(Bytes message) {
  Response response;
  ByteReader in(message);
  response.size = message.size();
  response.id = in.u16();
  response.flags = in.u16();
  response.rcode = response.flags & 0xf;
  const std::uint16_t questions = in.u16();
  const std::uint16_t counts[3] = {in.u16(), in.u16(), in.u16()};
  for (unsigned i = 0; i < questions; ++i) {
    in.skip(dns::decode_name(message, in.position()).value().consumed + 4);
  }
  std::vector<std::string>* sections[3] = {&response.answer, &response.authority,
                                           &response.additional};
  for (int section = 0; section < 3; ++section) {
    for (unsigned i = 0; i < counts[section]; ++i) {
      const auto owner = dns::decode_name(message, in.position()).value();
      in.skip(owner.consumed);
      const auto type = static_cast<dns::Type>(in.u16());
      in.u16();
      const std::uint32_t ttl = in.u32();
      const std::uint16_t size = in.u16();
      const std::size_t at = in.position();
      in.skip(size);
      if (type == dns::Type::OPT) {
        response.opt = true;
        response.rcode |= ttl >> 24 << 4;
      } else if (type == dns::Type::TSIG) {
        response.tsig = true;
      } else {
        sections[section]->push_back(
            owner.name.to_text() + " " + std::to_string(ttl) + " " + dns::type_name(type) + " " +
            dns::rdata_to_text(type, whole_rdata(message, type, at, size)));
      }
    }
  }
  if (!in.ok() || in.left() != 0) throw std::runtime_error("the response's counts do not fit it");
  return response;
}

/// 2026-11-22, the time of every test.
inline constexpr WallTime kNow{std::chrono::seconds(1795348800)};

inline const IpAddress kClient = *IpAddress::parse("198.51.100.100");

inline Response ask(const zone::Catalog& catalog, const Question& question,
                    Transport transport = Transport::udp, std::uint64_t seed = 1) {
  const Responder responder({.nsid = "ns1"});
  std::vector<std::uint8_t> out(dns::kMaxMessageSize);
  Random random(seed);
  const std::vector<std::uint8_t> query = make_query(question);
  const std::size_t size =
      responder.answer(catalog, query, out, {transport, kClient.octets(), kNow}, random);
  return read_response(Bytes(out).first(size));
}

}  // namespace rollcall::answer
