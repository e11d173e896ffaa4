#include "health/dns_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "core/letters.hpp"
#include "dns/message.hpp"
#include "dns/name.hpp"
#include "dns/rdata_text.hpp"
#include "dns/rdata_walk.hpp"
#include "dns/record_type.hpp"
#include "health/reply.hpp"

namespace rollcall::health {
namespace {

constexpr std::size_t kRecordFixed = 10;  // type, class, TTL, RDLENGTH: RFC 1035 section 3.2.1

void append_u16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

/// The RDATA at `at` without compression, as text; nothing where it is broken.
std::optional<std::string> record_text(dns::Type type, Bytes packet, std::size_t at,
                                       std::size_t size) {
  const dns::TypeDescriptor* const shape = dns::descriptor(type);
  const std::size_t end = at + size;
  std::vector<std::uint8_t> plain;
  for (std::size_t i = 0; shape != nullptr && i < shape->fields.size() && at < end; ++i) {
    if (dns::is_name(shape->fields[i])) {
      const auto name = dns::decode_name(packet, at);
      if (!name || at + name->consumed > end) return std::nullopt;
      plain.insert(plain.end(), name->name.wire().begin(), name->name.wire().end());
      at += name->consumed;
      continue;
    }
    const auto field = dns::field_size(shape->fields[i], packet.subspan(at, end - at));
    if (!field) return std::nullopt;
    const Bytes octets = packet.subspan(at, *field);
    plain.insert(plain.end(), octets.begin(), octets.end());
    at += *field;
  }
  const Bytes rest = packet.subspan(at, end - at);
  plain.insert(plain.end(), rest.begin(), rest.end());
  if (!dns::valid_rdata(type, plain)) return std::nullopt;
  return dns::rdata_to_text(type, plain);
}

/// The records of the answer section, CNAMEs and all.
Result<std::vector<std::string>> answer_texts(Bytes packet, std::size_t at, std::uint16_t count) {
  std::vector<std::string> texts;
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto owner = dns::decode_name(packet, at);
    if (!owner) return fail("malformed reply");
    at += owner->consumed;
    if (at + kRecordFixed > packet.size()) return fail("malformed reply");
    const auto type = static_cast<dns::Type>(load_u16(packet.data() + at));
    const std::size_t size = load_u16(packet.data() + at + 8);
    at += kRecordFixed;
    if (at + size > packet.size()) return fail("malformed reply");
    auto text = record_text(type, packet, at, size);
    if (!text) return fail("malformed reply");
    texts.push_back(std::move(*text));
    at += size;
  }
  return texts;
}

/// Where the record at `at` ends; nothing where it is broken.
std::optional<std::size_t> record_end(Bytes packet, std::size_t at) {
  const auto owner = dns::decode_name(packet, at);
  if (!owner || at + owner->consumed + kRecordFixed > packet.size()) return std::nullopt;
  at += owner->consumed + kRecordFixed;
  at += load_u16(packet.data() + at - 2);
  return at <= packet.size() ? std::optional(at) : std::nullopt;
}

/// RFC 6891 section 6.1.3: the OPT record holds the upper 8 bits of the code, if there is one.
std::uint16_t upper_code(Bytes packet, std::size_t at) {
  constexpr std::size_t kOptFixed = 1 + kRecordFixed;  // its owner is the root
  unsigned count = 0;
  for (const std::size_t place :
       {dns::header::kAncount, dns::header::kNscount, dns::header::kArcount}) {
    count += load_u16(packet.data() + place);
  }
  for (; count > 0; --count) {
    const bool is_opt = at + kOptFixed <= packet.size() && packet[at] == 0 &&
                        load_u16(packet.data() + at + 1) == static_cast<unsigned>(dns::Type::OPT);
    if (is_opt) return static_cast<std::uint16_t>(packet[at + 5] << 4);
    const auto end = record_end(packet, at);
    if (!end) return 0;  // cut off: the header's own four bits are all there is
    at = *end;
  }
  return 0;
}

/// True for a reply to this question, which it repeats (RFC 1035 section 4.1.1).
bool answers(const DnsCheck& check, std::uint16_t id, Bytes packet, std::size_t& behind) {
  if (packet.size() < dns::kHeaderSize || load_u16(packet.data()) != id) return false;
  const std::uint16_t flags = load_u16(packet.data() + dns::header::kFlags);
  if ((flags & dns::flag::kQr) == 0) return false;
  const std::uint16_t questions = load_u16(packet.data() + dns::header::kQdcount);
  behind = dns::kHeaderSize;
  // A server that cannot read the query may leave the question out.
  if (questions == 0) return (flags & 0x000f) != 0;
  const auto name = dns::decode_name(packet, dns::kHeaderSize);
  if (!name || *dns::Name::parse(check.query) != name->name) return false;
  behind += name->consumed + 4;
  return behind <= packet.size() && load_u16(packet.data() + behind - 4) == check.type;
}

}  // namespace

std::vector<std::uint8_t> write_question(const DnsCheck& check, std::uint16_t id, bool edns) {
  std::vector<std::uint8_t> packet;
  const auto additional = static_cast<std::uint16_t>(edns ? 1 : 0);
  for (const std::uint16_t word :
       {id, dns::flag::kRd, std::uint16_t{1}, std::uint16_t{0}, std::uint16_t{0}, additional}) {
    append_u16(packet, word);
  }
  const dns::Name name = *dns::Name::parse(check.query);
  packet.insert(packet.end(), name.wire().begin(), name.wire().end());
  append_u16(packet, check.type);
  append_u16(packet, static_cast<std::uint16_t>(dns::Class::IN));
  if (!edns) return packet;
  // RFC 6891 section 6.1.2: the root, OPT, the UDP size, no flags, no options.
  packet.push_back(0);
  append_u16(packet, static_cast<std::uint16_t>(dns::Type::OPT));
  append_u16(packet, dns::kEdnsUdpSize);
  packet.insert(packet.end(), 6, 0);
  return packet;
}

bool refuses_edns(const DnsCheck& check, Bytes reply) {
  constexpr std::uint16_t kFormErr = 1;
  const auto code = load_u16(reply.data() + dns::header::kFlags) & 0x000f;
  return code == kFormErr && check.rcode != kFormErr;
}

std::optional<Result<void>> judge_reply(const DnsCheck& check, std::uint16_t id, Bytes packet) {
  std::size_t at = 0;
  if (!answers(check, id, packet, at)) return std::nullopt;
  const std::uint16_t lower = load_u16(packet.data() + dns::header::kFlags) & 0x000f;
  const auto code = static_cast<std::uint16_t>(upper_code(packet, at) | lower);
  if (code != check.rcode) {
    return fail(fmt::format("{}, not {}", dns::rcode_name(static_cast<dns::Rcode>(code)),
                            dns::rcode_name(static_cast<dns::Rcode>(check.rcode))));
  }
  if (check.expect.empty() && check.reject.empty()) return Result<void>{};
  const auto texts = answer_texts(packet, at, load_u16(packet.data() + dns::header::kAncount));
  if (!texts) return std::unexpected(texts.error());
  const auto bad = std::ranges::find_if(
      *texts, [&](const std::string& text) { return is_in_record(text, check.reject); });
  if (bad != texts->end()) {
    return fail(fmt::format("must not say {}, got \"{}\"", check.reject.quoted(), *bad));
  }
  const bool found =
      check.expect.empty() || std::ranges::any_of(*texts, [&](const std::string& text) {
        return is_in_record(text, check.expect);
      });
  if (found) return Result<void>{};
  if (texts->empty()) return fail(fmt::format("expected {}, got no record", check.expect.quoted()));
  return fail(unexpected(check.expect, fmt::format("{}", fmt::join(*texts, ", "))));
}

bool is_truncated(Bytes reply) {
  return (load_u16(reply.data() + dns::header::kFlags) & dns::flag::kTc) != 0;
}

bool is_in_record(std::string_view text, const TextPattern& wanted) {
  if (wanted.is_regex()) return wanted.is_in(text);
  if (wanted.empty()) return false;
  const std::string& word = wanted.text();
  const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (auto from = text.begin();;) {
    const auto found = std::ranges::search(from, text.end(), word.begin(), word.end(), same_letter);
    if (found.empty()) return word.empty();
    const bool first = found.begin() == text.begin();
    const bool last = found.end() == text.end();
    const bool begins = first || (!wanted.at_line_start() && !letter(*(found.begin() - 1)));
    const bool ends = last || (!wanted.at_line_end() && !letter(*found.end()));
    if (begins && ends) return true;
    from = found.begin() + 1;
  }
}

}  // namespace rollcall::health
