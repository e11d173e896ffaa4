#include "dns/query_name.hpp"

#include <algorithm>

namespace rollcall::dns {

namespace {

/// Sixteen octets that are processed at once.
using Octets16 [[gnu::vector_size(16)]] = std::uint8_t;

/// An upper-case letter is less than 26 above 'A'.
void lower_sixteen(std::uint8_t* to, const std::uint8_t* from) noexcept {
  Octets16 octets;
  std::memcpy(&octets, from, sizeof octets);
  const auto upper = reinterpret_cast<Octets16>(octets - 'A' < 26);
  octets |= upper & 0x20;
  std::memcpy(to, &octets, sizeof octets);
}

/// Length octets are below 'A' and stay unchanged, so a whole name can be passed.
void copy_lowered(std::uint8_t* to, const std::uint8_t* from, std::size_t size) noexcept {
  if (size < 16) {
    for (std::size_t i = 0; i < size; ++i) to[i] = lower(from[i]);
    return;
  }
  for (std::size_t at = 0; at + 16 < size; at += 16) lower_sixteen(to + at, from + at);
  lower_sixteen(to + size - 16, from + size - 16);
}

}  // namespace

std::size_t QueryName::read(Bytes message, std::size_t offset) noexcept {
  if (offset >= message.size()) return 0;
  const std::uint8_t* const name = message.data() + offset;
  // As many octets as may be read, and as a name may have (RFC 1035 section 2.3.4).
  const std::size_t end = std::min(message.size() - offset, kMaxNameSize);
  std::size_t at = 0;
  std::size_t labels = 0;
  std::uint8_t lengths = 0;  // the bits of all length octets
  for (std::uint8_t length; (length = name[at]) != 0; ++labels) {
    lengths |= length;
    offsets_[labels] = static_cast<std::uint8_t>(at);
    at += length + std::size_t{1};
    if (at >= end) return 0;
  }
  // RFC 1035 4.1.4: the two high bits of a label's length octet are zero.
  if (lengths > kMaxLabelSize) return 0;
  offsets_[labels] = static_cast<std::uint8_t>(at);
  size_ = static_cast<std::uint8_t>(at + 1);
  labels_ = static_cast<std::uint8_t>(labels);
  copy_lowered(octets_.data(), name, at + 1);
  std::uint64_t hash = kRootHash;
  hashes_[labels] = hash;
  while (labels-- > 0) {
    const std::uint8_t* label = octets_.data() + offsets_[labels];
    hash = hash_octets(hash, label + 1, label[0]);
    hashes_[labels] = hash;
  }
  return at + 1;
}

void QueryName::assign(Bytes name) noexcept {
  read(name, 0);
}

bool QueryName::assign(Bytes head, Bytes tail) noexcept {
  if (head.size() + tail.size() > kMaxNameSize) return false;
  std::array<std::uint8_t, kMaxNameSize> joined;
  if (!head.empty()) std::memcpy(joined.data(), head.data(), head.size());
  std::memcpy(joined.data() + head.size(), tail.data(), tail.size());
  return read(Bytes(joined).first(head.size() + tail.size()), 0) != 0;
}

}  // namespace rollcall::dns
