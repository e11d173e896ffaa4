/// A name to look up: its octets in lower case, its labels, and the hash of each of its suffixes.
#pragma once

#include <array>
#include <cstdint>

#include "core/bytes.hpp"
#include "dns/name.hpp"
#include "dns/name_hash.hpp"

namespace rollcall::dns {

/// Suffix i is the name without its first i labels; suffix 0 is the whole name, suffix labels() the
/// root. Filled in place, so that the query path neither clears nor copies its 1.4 KiB.
class QueryName {
 public:
  /// @param name exactly one uncompressed name, in any case
  void assign(Bytes name) noexcept;

  /// Reads the name of a question. A pointer is refused, because before a question there is only
  /// the header to point to.
  /// @return octets read, or 0 where there is no valid uncompressed name
  std::size_t read(Bytes message, std::size_t offset) noexcept;

  /// `head` (labels without the root) in front of `tail` (a whole name); false over 255 octets.
  bool assign(Bytes head, Bytes tail) noexcept;

  std::size_t labels() const noexcept { return labels_; }
  std::size_t size() const noexcept { return size_; }
  Bytes suffix(std::size_t i) const noexcept {
    return {octets_.data() + offsets_[i], static_cast<std::size_t>(size_ - offsets_[i])};
  }
  std::size_t offset(std::size_t i) const noexcept { return offsets_[i]; }
  std::uint64_t hash(std::size_t i) const noexcept { return hashes_[i]; }

 private:
  std::uint8_t size_ = 0;
  std::uint8_t labels_ = 0;
  std::array<std::uint8_t, kMaxLabels> offsets_;
  std::array<std::uint8_t, kMaxNameSize + kHashSlack> octets_;
  std::array<std::uint64_t, kMaxLabels> hashes_;
};

}  // namespace rollcall::dns
