/// What changed in a zone from serial to serial, for secondaries that follow it (RFC 1995).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "edit/zone_edit.hpp"

namespace rollcall::edit {

/// The way from one serial to another one.
struct JournalEntry {
  std::uint32_t from = 0, to = 0;  // serials
  ZoneEdit changes;                // without the SOA

  bool operator==(const JournalEntry&) const = default;
};

using JournalEntryPtr = std::shared_ptr<const JournalEntry>;
/// Entries, each of which begins where the one before ends; not empty.
using JournalChain = std::vector<JournalEntryPtr>;

/// A chain in one entry, without what went and came back (RFC 1995 section 6).
JournalEntry condensed(const JournalChain& chain);

/// The octets that an entry takes in memory, about.
std::size_t memory_of(const JournalEntry& entry) noexcept;

/// The newest changes of one zone, without a gap.
class Journal {
 public:
  static constexpr std::size_t kMaxOctets = std::size_t{256} << 10;

  /// @param serial of the content that later changes begin with
  explicit Journal(std::uint32_t serial = 0) : newest_(serial) {}

  std::uint32_t newest() const noexcept { return newest_; }
  std::size_t memory() const noexcept { return octets_; }

  /// Takes what has changed since newest(). The oldest entries make room.
  void append(std::uint32_t serial, ZoneEdit changes);
  /// Forgets the oldest entry. @return false: there is none
  bool drop_oldest();

  /// The entries from `serial` to newest(); nothing where the journal does not reach back so far.
  std::optional<JournalChain> since(std::uint32_t serial) const;

 private:
  std::deque<JournalEntryPtr> entries_;
  std::uint32_t newest_;
  std::size_t octets_ = 0;
};

}  // namespace rollcall::edit
