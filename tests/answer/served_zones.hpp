/// Catalogs from zone texts in memory, and responses as something that tests can ask.
#pragma once

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "answer/responder.hpp"
#include "dns/message.hpp"
#include "dns/query.hpp"
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

using Octets = std::vector<std::uint8_t>;

struct EdnsOptionText {
  dns::EdnsOption code;
  Octets value;

  bool operator==(const EdnsOptionText&) const = default;
};

struct Question {
  std::string name;
  dns::Type type = dns::Type::A;
  std::optional<std::uint16_t> edns_size = 1232;
  dns::Class qclass = dns::Class::IN;
  std::uint16_t id = 0x1234;
  std::uint16_t flags = dns::flag::kRd;
  std::vector<EdnsOptionText> options = {};
  std::uint32_t opt_ttl = 0;  // extended RCODE, version and flags
};

inline Octets make_query(const Question& question) {
  Octets packet(1024);
  ByteWriter out(packet);
  out.u16(question.id);
  out.u16(question.flags);
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
    out.u32(question.opt_ttl);
    const std::size_t length_at = out.position();
    out.u16(0);
    for (const EdnsOptionText& option : question.options) {
      out.u16(static_cast<std::uint16_t>(option.code));
      out.u16(static_cast<std::uint16_t>(option.value.size()));
      out.bytes(option.value);
    }
    store_u16(out.at(length_at), static_cast<std::uint16_t>(out.position() - length_at - 2));
  }
  packet.resize(out.position());
  return packet;
}

/// The OPT record of a response.
struct ResponseOpt {
  std::uint16_t udp_size = 0;
  std::uint8_t version = 0;
  std::uint16_t flags = 0;  // DO and those that are not assigned
  std::vector<EdnsOptionText> options;
};

/// A response read back by a reader that shares nothing with the writer but the wire format.
struct Response {
  std::uint16_t id = 0, flags = 0;
  unsigned rcode = 0;                                      // with the upper bits of an OPT
  std::vector<std::string> question;                       // "name TYPE CLASS"
  std::vector<std::string> answer, authority, additional;  // "owner TTL TYPE RDATA", OPT left out
  std::vector<Octets> rdata;  // of the answer section, names decompressed
  std::optional<ResponseOpt> opt;
  bool tsig = false;
  std::size_t size = 0;

  bool aa() const { return (flags & dns::flag::kAa) != 0; }
  bool tc() const { return (flags & dns::flag::kTc) != 0; }
  std::optional<Octets> option(dns::EdnsOption code) const {
    if (!opt) return std::nullopt;
    const auto found = std::ranges::find(opt->options, code, &EdnsOptionText::code);
    return found == opt->options.end() ? std::nullopt : std::optional(found->value);
  }
};

/// The RDATA with its names decompressed.
inline Octets whole_rdata(Bytes message, dns::Type type, std::size_t at, std::size_t size) {
  Octets whole;
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

inline ResponseOpt read_opt(std::uint16_t rclass, std::uint32_t ttl, Bytes rdata) {
  ResponseOpt opt{.udp_size = rclass,
                  .version = static_cast<std::uint8_t>(ttl >> 16),
                  .flags = static_cast<std::uint16_t>(ttl),
                  .options = {}};
  ByteReader in(rdata);
  while (in.left() > 0) {
    const auto code = static_cast<dns::EdnsOption>(in.u16());
    const Bytes value = in.bytes(in.u16());
    opt.options.push_back({code, Octets(value.begin(), value.end())});
  }
  if (!in.ok()) throw std::runtime_error("an option ends behind its OPT");
  return opt;
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
    const auto name = dns::decode_name(message, in.position()).value();
    in.skip(name.consumed);
    const auto type = static_cast<dns::Type>(in.u16());
    response.question.push_back(name.name.to_text() + " " + dns::type_name(type) + " " +
                                dns::class_name(static_cast<dns::Class>(in.u16())));
  }
  std::vector<std::string>* sections[3] = {&response.answer, &response.authority,
                                           &response.additional};
  for (int section = 0; section < 3; ++section) {
    for (unsigned i = 0; i < counts[section]; ++i) {
      const auto owner = dns::decode_name(message, in.position()).value();
      in.skip(owner.consumed);
      const auto type = static_cast<dns::Type>(in.u16());
      const std::uint16_t rclass = in.u16();
      const std::uint32_t ttl = in.u32();
      const std::uint16_t size = in.u16();
      const std::size_t at = in.position();
      in.skip(size);
      if (type == dns::Type::OPT) {
        response.opt = read_opt(rclass, ttl, message.subspan(at, size));
        response.rcode |= ttl >> 24 << 4;
      } else if (type == dns::Type::TSIG) {
        response.tsig = true;
      } else {
        const Octets rdata = whole_rdata(message, type, at, size);
        sections[section]->push_back(owner.name.to_text() + " " + std::to_string(ttl) + " " +
                                     dns::type_name(type) + " " + dns::rdata_to_text(type, rdata));
        if (section == 0) response.rdata.push_back(rdata);
      }
    }
  }
  if (!in.ok() || in.left() != 0) throw std::runtime_error("the response's counts do not fit it");
  return response;
}

/// 2026-11-22, the time of every test.
inline constexpr WallTime kNow{std::chrono::seconds(1795348800)};

inline const IpAddress kClient = *IpAddress::parse("198.51.100.100");

/// A packet as a server reads it, which must outlive what is returned.
inline Request as_read(const zone::Catalog& catalog, Bytes packet) {
  Request request;
  Responder::read(catalog, packet, request);
  return request;
}

inline Response ask(const zone::Catalog& catalog, const Question& question,
                    Transport transport = Transport::udp, std::uint64_t seed = 1) {
  const Responder responder({.nsid = "ns1"});
  Octets out(dns::kMaxMessageSize);
  Random random(seed);
  const Octets query = make_query(question);
  const std::size_t size =
      responder.answer(catalog, query, out, {transport, kClient.octets(), kNow}, random).size;
  return read_response(Bytes(out).first(size));
}

}  // namespace rollcall::answer
