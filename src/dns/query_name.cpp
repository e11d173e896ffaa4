#include "dns/query_name.hpp"

#include <algorithm>

#include "dns/name_hash.hpp"

namespace rollcall::dns {

namespace {

/// Eight octets in lower case. An upper-case letter is one that reaches the high bit when 'A' is
/// made 0x80, and does not when 'Z' + 1 is.
constexpr std::uint64_t lower_eight(std::uint64_t octets) noexcept {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  const std::uint64_t low = octets & 0x7f * kEach;
  const std::uint64_t letters = (low + (0x80 - 'A') * kEach) & ~(low + (0x80 - 'Z' - 1) * kEach);
  return octets | ((letters & ~octets & 0x80 * kEach) >> 2);
}

void lower_eight_at(std::uint8_t* to, const std::uint8_t* from) noexcept {
  std::uint64_t octets;
  std::memcpy(&octets, from, 8);
  octets = lower_eight(octets);
  std::memcpy(to, &octets, 8);
}

/// Length octets are below 'A': a whole name goes through as it stands.
void copy_lowered(std::uint8_t* to, const std::uint8_t* from, std::size_t size) noexcept {
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i) to[i] = lower(from[i]);
    return;
  }
  for (std::size_t at = 0; at + 8 < size; at += 8) lower_eight_at(to + at, from + at);
  lower_eight_at(to + size - 8, from + size - 8);
}

}  // namespace

std::size_t QueryName::read(Bytes message, std::size_t offset) noexcept {
  if (offset >= message.size()) return 0;
  const std::uint8_t* const name = message.data() + offset;
  // The octets that may be looked at, and that a name may have (RFC 1035 section 2.3.4).
  const std::size_t end = std::min(message.size() - offset, kMaxNameSize);
  std::size_t at = 0;
  std::size_t labels = 0;
  // RFC 1035 4.1.4: the two high bits of a label that is one are zero.
  for (std::uint8_t length; (length = name[at]) != 0; ++labels) {
    if (length > kMaxLabelSize) return 0;
    offsets_[labels] = static_cast<std::uint8_t>(at);
    at += length + 1U;
    if (at >= end) return 0;
  }
  offsets_[labels] = static_cast<std::uint8_t>(at);
  size_ = static_cast<std::uint8_t>(at + 1);
  labels_ = static_cast<std::uint8_t>(labels);
  copy_lowered(octets_.data(), name, size_);
  hash_suffixes();
  return size_;
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

void QueryName::hash_suffixes() noexcept {
  std::uint64_t hash = kRootHash;
  hashes_[labels_] = hash;
  for (std::size_t i = labels_; i-- > 0;) {
    const std::uint8_t* label = octets_.data() + offsets_[i];
    hash = hash_label(hash, label + 1, label[0]);
    hashes_[i] = hash;
  }
}

}  // namespace rollcall::dns
