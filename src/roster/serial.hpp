/// The served SOA serial: it only ever moves forward (RFC 1982), over restarts and crashes too.
#pragma once

#include <cstdint>
#include <optional>

#include "dns/rdata_text.hpp"

namespace rollcall::roster {

/// Serials are reserved on disk in blocks, ahead of use, so that a flip waits for no disk. What a
/// crash leaves unused of a block is skipped.
inline constexpr std::uint32_t kSerialBlock = 64;

class ServedSerial {
 public:
  ServedSerial() = default;
  /// @param ceiling what the last run had reserved: it may have published up to this
  explicit ServedSerial(std::optional<std::uint32_t> ceiling) : last_(ceiling), ceiling_(ceiling) {}

  /// A zone was loaded: the file's serial, or the one after the last published.
  void load(std::uint32_t file_serial) noexcept {
    const bool ahead = !last_ || dns::serial_greater(file_serial, *last_);
    last_ = ahead ? file_serial : next(*last_);
  }
  /// The zone's content changed.
  void advance() noexcept { last_ = next(*last_); }

  /// @pre load() was called
  std::uint32_t current() const noexcept { return *last_; }

  /// What may have been published already; nothing where no serial ever was.
  std::optional<std::uint32_t> last() const noexcept { return last_; }

  /// Call after load() and advance(), before current() is published.
  /// @return the ceiling to be kept on disk first, where the reserved block is used up
  std::optional<std::uint32_t> reserve() noexcept {
    if (ceiling_ && !dns::serial_greater(*last_, *ceiling_)) return std::nullopt;
    ceiling_ = *last_ + kSerialBlock;
    return ceiling_;
  }

 private:
  static std::uint32_t next(std::uint32_t serial) noexcept { return serial + 1; }

  std::optional<std::uint32_t> last_;
  std::optional<std::uint32_t> ceiling_;
};

}  // namespace rollcall::roster
