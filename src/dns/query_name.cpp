#include "dns/query_name.hpp"

#include "dns/name_hash.hpp"

namespace rollcall::dns {

std::size_t QueryName::read(Bytes message, std::size_t offset) noexcept {
  const std::size_t end = message.size();
  std::size_t at = offset;
  std::size_t size = 0;
  std::size_t labels = 0;
  for (;;) {
    if (at >= end) return 0;
    const std::uint8_t length = message[at];
    // RFC 1035 4.1.4: the two high bits of a label that is one are zero.
    if (length > kMaxLabelSize || size + length + 1 > kMaxNameSize) return 0;
    if (at + length >= end) return 0;
    offsets_[labels] = static_cast<std::uint8_t>(size);
    octets_[size] = length;
    if (length == 0) break;
    for (std::size_t i = 1; i <= length; ++i) octets_[size + i] = lower(message[at + i]);
    size += length + 1U;
    at += length + 1U;
    ++labels;
  }
  size_ = static_cast<std::uint8_t>(size + 1);
  labels_ = static_cast<std::uint8_t>(labels);
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
