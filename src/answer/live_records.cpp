#include "answer/live_records.hpp"

#include <algorithm>
#include <bit>

namespace rollcall::answer {
namespace {

unsigned lowest_bit(std::uint64_t mask) noexcept {
  return static_cast<unsigned>(std::countr_zero(mask));
}

/// The position of the k-th set bit, counted from 0; `mask` has more than k.
unsigned nth_bit(std::uint64_t mask, unsigned k) noexcept {
  for (; k > 0; --k) mask &= mask - 1;
  return lowest_bit(mask);
}

/// Writes records one after the other.
class Rows {
 public:
  Rows(std::uint8_t* to, std::size_t room, const zone::RrsetHeader& rrset) noexcept
      : to_(to), room_(room), rrset_(rrset) {}

  /// @return false where the record does not fit
  bool add(unsigned index) noexcept {
    const std::uint8_t* record = rrset_.records().data() + record_offset(rrset_, index);
    const std::size_t size = record_size(record);
    if (written_.octets + size > room_) return false;
    copy_octets(to_ + written_.octets, record, size);
    written_.octets += size;
    ++written_.records;
    return true;
  }
  Written written() const noexcept { return written_; }

 private:
  std::uint8_t* to_;
  std::size_t room_;
  const zone::RrsetHeader& rrset_;
  Written written_;
};

/// Writes the records of `mask` in order, beginning with a random one.
std::optional<Written> write_turn(Rows rows, std::uint64_t mask, Random& random) noexcept {
  const unsigned lead = nth_bit(mask, random.below(static_cast<unsigned>(std::popcount(mask))));
  const std::uint64_t from_lead = mask & (~std::uint64_t{0} << lead);
  for (std::uint64_t part : {from_lead, mask & ~from_lead}) {
    for (; part != 0; part &= part - 1) {
      if (!rows.add(lowest_bit(part))) return std::nullopt;
    }
  }
  return rows.written();
}

/// Draws the records of `mask` one by one: each remaining record with a probability of its weight
/// among the remaining ones. The weight 0 of a live record counts as 1, the least.
std::optional<Written> write_draw(Rows rows, std::uint64_t mask, const zone::SharedShares& shares,
                                  Random& random) noexcept {
  std::uint32_t weights[zone::kMaxWatchedRecords];
  std::uint32_t sum = 0;  // 64 weights of 16 bits
  for (std::uint64_t left = mask; left != 0; left &= left - 1) {
    const unsigned record = lowest_bit(left);
    sum += weights[record] = std::max<std::uint32_t>(shares.weight(record), 1);
  }
  const unsigned most = shares.max_answers() == 0 ? zone::kMaxWatchedRecords : shares.max_answers();
  for (unsigned drawn = 0; drawn < most && mask != 0; ++drawn) {
    std::uint32_t ticket = random.below(sum);
    std::uint64_t from = mask;
    while (ticket >= weights[lowest_bit(from)]) {
      ticket -= weights[lowest_bit(from)];
      from &= from - 1;
    }
    const unsigned record = lowest_bit(from);
    if (!rows.add(record)) return std::nullopt;
    sum -= weights[record];
    mask &= ~(std::uint64_t{1} << record);
  }
  return rows.written();
}

}  // namespace

std::optional<Written> write_live(std::uint8_t* to, std::size_t room,
                                  const zone::RrsetHeader& rrset, const zone::WatchTable& watches,
                                  Random& random) noexcept {
  const std::uint64_t mask = watches.mask(rrset.watch);
  if (mask == 0) return Written{};
  const Rows rows(to, room, rrset);
  if (const zone::SharedShares* shares = watches.shares(rrset.watch)) {
    return write_draw(rows, mask, *shares, random);
  }
  if (mask != zone::WatchTable::all_of(rrset.count)) return write_turn(rows, mask, random);
  if (rrset.size > room) return std::nullopt;
  write_in_turn(to, rrset, random);
  return Written{rrset.size, rrset.count};
}

}  // namespace rollcall::answer
