#include "transfer/serial_question.hpp"

#include <fmt/format.h>

#include "dns/message_reader.hpp"
#include "dns/query.hpp"
#include "dns/record_type.hpp"

namespace rollcall::transfer {
namespace {

constexpr std::uint16_t kRcodeBits = 0x000f;

void append(std::vector<std::uint8_t>& out, int word) {
  out.push_back(static_cast<std::uint8_t>(word >> 8));
  out.push_back(static_cast<std::uint8_t>(word));
}

/// The value of the EXPIRE option in an OPT record.
std::optional<std::uint32_t> expire_in(Bytes options) {
  ByteReader in(options);
  while (in.left() > 0) {
    const auto code = static_cast<dns::EdnsOption>(in.u16());
    const Bytes value = in.bytes(in.u16());
    if (!in.ok()) return std::nullopt;
    if (code == dns::EdnsOption::expire && value.size() == 4) return load_u32(value.data());
  }
  return std::nullopt;
}

/// The records of an answer that matter.
struct FoundRecords {
  std::optional<std::uint32_t> serial, expire;
  std::optional<std::size_t> tsig;
  bool whole = false;
};

FoundRecords find_records(Bytes packet, const dns::Name& zone, std::size_t at) {
  FoundRecords found;
  dns::RecordReader records(packet, at);
  for (dns::WireRecord record; records.next(record);) {
    if (record.type == dns::Type::TSIG && record.last) found.tsig = record.at;
    if (record.type == dns::Type::OPT && record.section == dns::Section::additional) {
      found.expire = expire_in(record.rdata);
    }
    if (record.type != dns::Type::SOA || record.section != dns::Section::answer) continue;
    const auto owner = dns::decode_name(packet, record.at);
    if (owner && owner->name == zone) found.serial = dns::serial_of(record);
  }
  found.whole = records.ok() && records.left() == 0;
  return found;
}

}  // namespace

std::vector<std::uint8_t> write_serial_question(const dns::Name& zone, std::uint16_t id) {
  std::vector<std::uint8_t> packet;
  for (const int word : {int{id}, 0, 1, 0, 0, 1}) append(packet, word);
  packet.insert(packet.end(), zone.wire().begin(), zone.wire().end());
  append(packet, static_cast<int>(dns::Type::SOA));
  append(packet, static_cast<int>(dns::Class::IN));
  packet.push_back(0);  // OPT is the root's
  append(packet, static_cast<int>(dns::Type::OPT));
  append(packet, dns::kEdnsUdpSize);
  append(packet, 0);  // version 0
  append(packet, 0);
  append(packet, 4);
  append(packet, static_cast<int>(dns::EdnsOption::expire));
  append(packet, 0);  // RFC 7314 section 2: empty in a question
  return packet;
}

bool answers_question(Bytes packet, const dns::Name& zone, std::uint16_t id) {
  if (packet.size() < dns::kHeaderSize || load_u16(packet.data()) != id) return false;
  const std::uint16_t flags = load_u16(packet.data() + dns::header::kFlags);
  if ((flags & dns::flag::kQr) == 0 || (flags & dns::flag::kOpcodeMask) != 0) return false;
  // An error may come without the question.
  if (load_u16(packet.data() + dns::header::kQdcount) == 0) return (flags & kRcodeBits) != 0;
  const auto question = dns::decode_question(packet);
  return question && question->name == zone && question->type == dns::Type::SOA;
}

Result<SerialAnswer> read_serial_answer(Bytes packet, const dns::Name& zone,
                                        std::optional<dns::TsigVerifier> verifier, WallTime now) {
  const std::uint16_t flags = load_u16(packet.data() + dns::header::kFlags);
  const bool asked = load_u16(packet.data() + dns::header::kQdcount) != 0;
  const std::size_t at = asked ? dns::decode_question(packet)->end : dns::kHeaderSize;
  const FoundRecords found = find_records(packet, zone, at);
  if (!found.whole) return fail("the answer is malformed");
  if (verifier) {
    if (auto good = verifier->take(packet, found.tsig, now); !good) {
      return std::unexpected(good.error());
    }
  }
  if ((flags & kRcodeBits) != 0) {
    return fail(fmt::format("answered with {}",
                            dns::rcode_name(static_cast<dns::Rcode>(flags & kRcodeBits))));
  }
  if ((flags & dns::flag::kTc) != 0) return SerialAnswer{.truncated = true};
  if ((flags & dns::flag::kAa) == 0) return fail("the answer is not authoritative");
  if (!found.serial) return fail("the answer has no SOA of the zone");
  return SerialAnswer{*found.serial, found.expire};
}

}  // namespace rollcall::transfer
