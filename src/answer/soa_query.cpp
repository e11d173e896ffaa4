#include "answer/soa_query.hpp"

#include "dns/message_reader.hpp"
#include "dns/record_type.hpp"

namespace rollcall::answer {
namespace {

constexpr auto kSoa = static_cast<std::uint16_t>(dns::Type::SOA);

void append_u16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

std::vector<std::uint8_t> write_soa_query(const dns::Name& origin, std::uint16_t id) {
  std::vector<std::uint8_t> packet;
  for (const std::uint16_t word : {int{id}, 0, 1, 0, 0, 0}) append_u16(packet, word);
  packet.insert(packet.end(), origin.wire().begin(), origin.wire().end());
  append_u16(packet, kSoa);
  append_u16(packet, static_cast<std::uint16_t>(dns::Class::IN));
  return packet;
}

std::optional<std::uint32_t> read_soa_serial(const dns::Name& origin, std::uint16_t id,
                                             Bytes packet) {
  if (packet.size() < dns::kHeaderSize || load_u16(packet.data()) != id) return std::nullopt;
  const std::uint16_t flags = load_u16(packet.data() + dns::header::kFlags);
  constexpr std::uint16_t kRcodeMask = 0x000f;
  const bool good = (flags & dns::flag::kQr) != 0 && (flags & dns::flag::kAa) != 0 &&
                    (flags & kRcodeMask) == 0 &&
                    load_u16(packet.data() + dns::header::kQdcount) == 1 &&
                    load_u16(packet.data() + dns::header::kAncount) >= 1;
  if (!good) return std::nullopt;
  const auto question = dns::decode_question(packet);
  if (!question || question->name != origin) return std::nullopt;
  dns::RecordReader records(packet, question->end);
  dns::WireRecord first;
  if (!records.next(first) || first.type != dns::Type::SOA) return std::nullopt;
  const auto owner = dns::decode_name(packet, first.at);
  if (!owner || owner->name != origin) return std::nullopt;
  return dns::serial_of(first);
}

}  // namespace rollcall::answer
