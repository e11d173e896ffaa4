#include "answer/soa_query.hpp"

#include "dns/message.hpp"
#include "dns/record_type.hpp"

namespace rollcall::answer {
namespace {

constexpr std::size_t kQuestionFixed = 4;     // QTYPE, QCLASS
constexpr std::size_t kRecordFixed = 10;      // TYPE, CLASS, TTL, RDLENGTH: RFC 1035 section 3.2.1
constexpr std::size_t kSoaNumbers = 5UL * 4;  // SERIAL, REFRESH, RETRY, EXPIRE, MINIMUM
constexpr auto kSoa = static_cast<std::uint16_t>(dns::Type::SOA);

void append_u16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

/// The offset behind the name at `at`, where that is `origin`.
std::optional<std::size_t> skip_origin(const dns::Name& origin, Bytes packet, std::size_t at) {
  const auto name = dns::decode_name(packet, at);
  if (!name || name->name != origin) return std::nullopt;
  return at + name->consumed;
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
  auto at = skip_origin(origin, packet, dns::kHeaderSize);
  if (at) at = skip_origin(origin, packet, *at + kQuestionFixed);
  if (!at || *at + kRecordFixed > packet.size()) return std::nullopt;
  const std::size_t size = load_u16(packet.data() + *at + kRecordFixed - 2);
  const std::size_t end = *at + kRecordFixed + size;
  if (load_u16(packet.data() + *at) != kSoa || end > packet.size() || size < kSoaNumbers + 2) {
    return std::nullopt;
  }
  return load_u32(packet.data() + end - kSoaNumbers);
}

}  // namespace rollcall::answer
