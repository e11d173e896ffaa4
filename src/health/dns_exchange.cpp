#include "health/dns_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "core/letters.hpp"
#include "dns/message_reader.hpp"
#include "dns/name.hpp"
#include "dns/rdata_text.hpp"
#include "dns/record_type.hpp"
#include "health/reply.hpp"

namespace rollcall::health {
namespace {

void append_u16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

/// The records of the answer section, CNAMEs and all.
/// @param at offset of the first one
Result<std::vector<std::string>> answer_texts(Bytes packet, std::size_t at) {
  std::vector<std::string> texts;
  dns::RecordReader records(packet, at);
  for (dns::WireRecord record; records.next(record) && record.section == dns::Section::answer;) {
    const auto plain = dns::plain_rdata(packet, record);
    if (!plain || !dns::decode_name(packet, record.at)) return fail("malformed reply");
    texts.push_back(dns::rdata_to_text(record.type, *plain));
  }
  const std::size_t wanted = load_u16(packet.data() + dns::header::kAncount);
  if (texts.size() != wanted) return fail("malformed reply");
  return texts;
}

/// RFC 6891 section 6.1.3: the OPT record holds the upper 8 bits of the code, if there is one.
/// @return 0 too where the message is cut off before it: the header's own four bits are all then
std::uint16_t upper_code(Bytes packet, std::size_t at) {
  dns::RecordReader records(packet, at);
  for (dns::WireRecord record; records.next(record);) {
    if (record.type == dns::Type::OPT && packet[record.at] == 0) {
      return static_cast<std::uint16_t>(record.ttl >> 24 << 4);
    }
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
  const auto question = dns::decode_question(packet);
  if (!question || question->name != *dns::Name::parse(check.query)) return false;
  behind = question->end;
  return static_cast<std::uint16_t>(question->type) == check.type;
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
  const auto texts = answer_texts(packet, at);
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
