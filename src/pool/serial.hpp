/// The served SOA serial: it only ever moves forward (RFC 1982), over restarts and crashes too.
///
/// A serial is published once it, or a later one, is on disk. Serials are reserved in blocks, ahead
/// of use, so that no flip waits for the disk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "core/instant.hpp"
#include "dns/rdata_text.hpp"
#include "pool/kinds.hpp"

namespace rollcall::pool {

/// A crash skips the unused rest of a block.
inline constexpr std::uint32_t kSerialBlock = 64;
/// The next block is asked for when this many are left: as many flips may come before the disk
/// replies.
inline constexpr std::uint32_t kSerialReserve = kSerialBlock / 2;

/// The lowest serial by the calendar; nothing where the policy is `file`.
inline std::optional<std::uint32_t> calendar_serial(SerialPolicy policy, WallTime now) {
  if (policy == SerialPolicy::file) return std::nullopt;
  if (policy == SerialPolicy::unixtime) {
    return static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  }
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(now));
  const auto year = static_cast<std::uint32_t>(static_cast<int>(day.year()));
  return ((year * 100 + static_cast<unsigned>(day.month())) * 100 +
          static_cast<unsigned>(day.day())) *
         100;
}

/// The longest jump to get past a secondary's serial: half of what RFC 1982 section 3.1 allows, so
/// that there is room for a second jump.
inline constexpr std::uint32_t kMaxSerialJump = std::uint32_t{1} << 30;

/// @param held by secondaries
/// @return the serial past all of them; nothing where it is too far from `ours`, or where none is
/// later than each
inline std::optional<std::uint32_t> serial_past(std::uint32_t ours,
                                                std::span<const std::uint32_t> held) {
  std::uint32_t past = ours;
  for (const std::uint32_t serial : held) {
    if (dns::serial_greater(serial, ours) && serial - ours >= past - ours) past = serial + 1;
  }
  const bool later = std::ranges::all_of(
      held, [past](std::uint32_t serial) { return dns::serial_greater(past, serial); });
  if (past - ours > kMaxSerialJump || !later) return std::nullopt;
  return past;
}

class ServedSerial {
 public:
  ServedSerial() = default;
  /// @param ceiling the last run may have published serials up to this one
  explicit ServedSerial(std::optional<std::uint32_t> ceiling)
      : last_(ceiling), kept_(ceiling), asked_(ceiling) {}

  /// The last serial that may have been published; nothing where none ever was.
  std::optional<std::uint32_t> last() const noexcept { return last_; }

  /// The one to be published next: `least`, or the one after the last, whichever is later.
  std::uint32_t next(std::optional<std::uint32_t> least) const noexcept {
    if (!last_) return least.value_or(1);
    const bool ahead = least && dns::serial_greater(*least, *last_);
    return ahead ? *least : *last_ + 1;
  }

  /// True where `serial` is covered by what is on disk.
  bool may_publish(std::uint32_t serial) const noexcept {
    return kept_ && !dns::serial_greater(serial, *kept_);
  }
  /// @pre may_publish(serial)
  void publish(std::uint32_t serial) noexcept { last_ = serial; }

  /// @return the ceiling to write, so that `serial` and a reserve after it may be published;
  /// nothing where that is on disk or under way
  std::optional<std::uint32_t> ask(std::uint32_t serial) noexcept {
    if (asked_ && !dns::serial_greater(serial + kSerialReserve, *asked_)) return std::nullopt;
    asked_ = serial + kSerialBlock;
    return asked_;
  }
  /// This ceiling is on disk.
  void keep(std::uint32_t ceiling) noexcept {
    if (!kept_ || dns::serial_greater(ceiling, *kept_)) kept_ = ceiling;
  }

 private:
  std::optional<std::uint32_t> last_;
  std::optional<std::uint32_t> kept_;
  std::optional<std::uint32_t> asked_;
};

}  // namespace rollcall::pool
