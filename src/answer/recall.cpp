#include "answer/recall.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "answer/edns_reply.hpp"
#include "core/octets.hpp"

namespace rollcall::answer {
namespace {

/// An OPT record of version 0 without options (RFC 6891 section 6.1.2).
/// @param opt dns::kPlainOptSize octets
bool is_plain_opt(const std::uint8_t* opt) noexcept {
  const bool is_opt =
      opt[0] == 0 && load_u16(opt + 1) == static_cast<std::uint16_t>(dns::Type::OPT);
  constexpr std::size_t kVersionAt = 6, kSizeAt = 9;
  return is_opt && opt[kVersionAt] == 0 && load_u16(opt + kSizeAt) == 0;
}

}  // namespace

/// From the question's beginning, middle and type: enough to tell queried names apart.
std::size_t Recall::place_of(const std::uint8_t* question, std::size_t size) noexcept {
  std::uint64_t first, middle;
  std::memcpy(&first, question, 8);
  std::memcpy(&middle, question + (size - 8) / 2, 8);
  const std::uint64_t type = load_u16(question + size - 4);
  constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15ULL;
  const std::uint64_t hash = ((first + type) * kPrime ^ middle) * kPrime;
  return hash >> (64 - std::countr_zero(kPlaces));
}

PlainAnswer Recall::find(Bytes packet, PlainRequest& request) const noexcept {
  if (packet.size() < dns::kHeaderSize) return {};
  const std::uint8_t* p = packet.data();
  const std::uint16_t additional = load_u16(p + dns::header::kArcount);
  const bool is_query =
      (load_u16(p + dns::header::kFlags) & (dns::flag::kQr | dns::flag::kOpcodeMask)) == 0;
  const bool asks_one = load_u32(p + dns::header::kQdcount) == 1U << 16 &&
                        load_u16(p + dns::header::kNscount) == 0 && additional <= 1;
  if (!is_query || !asks_one) return {};
  const std::size_t size = packet.size() - dns::kHeaderSize - additional * dns::kPlainOptSize;
  if (size - kLeastQuestion > kMostQuestion - kLeastQuestion) return {};  // negative ones too
  const std::uint8_t* question = p + dns::kHeaderSize;
  const Kept& kept = kept_[place_of(question, size)];
  if (kept.size != size || !same_octets(kept.question.data(), question, size)) return {};
  const std::uint8_t* opt = question + size;
  request = {packet, dns::kHeaderSize + size, dns::kClassicUdpSize};
  if (additional != 0) {
    if (!is_plain_opt(opt)) return {};
    request.limit = udp_size_limit(load_u16(opt + 3));
    request.has_opt = true;
    request.dnssec_ok = (opt[7] & 0x80) != 0;  // RFC 3225 section 3
  }
  return kept.answer;
}

void Recall::keep(const Request& request) noexcept {
  if (request.error || request.query.tsig) return;
  const std::size_t size = request.query.question_size;
  if (size < kLeastQuestion || size > kMostQuestion) return;
  const PlainAnswer answer = find_plain_answer(request);
  if (!answer) return;
  const std::uint8_t* question = request.packet.data() + dns::kHeaderSize;
  Kept& kept = kept_[place_of(question, size)];
  kept.answer = answer;
  kept.size = static_cast<std::uint8_t>(size);
  std::memcpy(kept.question.data(), question, size);
}

}  // namespace rollcall::answer
