/// Cursors over octets in network byte order (RFC 1035 section 2.3.2). They never throw: a read
/// past the end gives zeros, a write past the end gives nothing, and both are remembered in ok().
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace rollcall {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::uint16_t load_u16(const std::uint8_t* at) noexcept {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
inline std::uint32_t load_u32(const std::uint8_t* at) noexcept {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
         at[3];
}
inline void store_u16(std::uint8_t* at, std::uint16_t value) noexcept {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}
inline void store_u32(std::uint8_t* at, std::uint32_t value) noexcept {
  store_u16(at, static_cast<std::uint16_t>(value >> 16));
  store_u16(at + 2, static_cast<std::uint16_t>(value));
}

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes, std::size_t position = 0) noexcept
      : bytes_(bytes), position_(position), ok_(position <= bytes.size()) {}

  bool ok() const noexcept { return ok_; }
  std::size_t position() const noexcept { return position_; }
  std::size_t left() const noexcept { return ok_ ? bytes_.size() - position_ : 0; }

  std::uint8_t u8() noexcept { return take(1) ? bytes_[position_ - 1] : std::uint8_t{0}; }
  std::uint16_t u16() noexcept {
    return take(2) ? load_u16(bytes_.data() + position_ - 2) : std::uint16_t{0};
  }
  std::uint32_t u32() noexcept { return take(4) ? load_u32(bytes_.data() + position_ - 4) : 0; }
  std::uint64_t u48() noexcept {
    const std::uint64_t high = u16();
    return high << 32 | u32();
  }
  Bytes bytes(std::size_t count) noexcept {
    return take(count) ? bytes_.subspan(position_ - count, count) : Bytes{};
  }
  bool skip(std::size_t count) noexcept { return take(count); }

 private:
  bool take(std::size_t count) noexcept {
    if (!ok_ || bytes_.size() - position_ < count) return ok_ = false;
    position_ += count;
    return true;
  }

  Bytes bytes_;
  std::size_t position_;
  bool ok_;
};

class ByteWriter {
 public:
  explicit ByteWriter(MutableBytes out, std::size_t position = 0) noexcept
      : out_(out), position_(position) {}

  bool ok() const noexcept { return ok_; }
  std::size_t position() const noexcept { return position_; }
  std::size_t left() const noexcept { return out_.size() - position_; }
  Bytes written() const noexcept { return out_.first(position_); }
  std::uint8_t* at(std::size_t position) noexcept { return out_.data() + position; }

  void u8(std::uint8_t value) noexcept {
    if (give(1)) out_[position_ - 1] = value;
  }
  void u16(std::uint16_t value) noexcept {
    if (give(2)) store_u16(out_.data() + position_ - 2, value);
  }
  void u32(std::uint32_t value) noexcept {
    if (give(4)) store_u32(out_.data() + position_ - 4, value);
  }
  void u48(std::uint64_t value) noexcept {
    u16(static_cast<std::uint16_t>(value >> 32));
    u32(static_cast<std::uint32_t>(value));
  }
  void bytes(Bytes value) noexcept {
    if (!value.empty() && give(value.size())) {
      std::memcpy(out_.data() + position_ - value.size(), value.data(), value.size());
    }
  }
  /// Goes back to an earlier position; later writes and failures are forgotten.
  void rewind(std::size_t position) noexcept {
    position_ = position;
    ok_ = true;
  }

 private:
  bool give(std::size_t count) noexcept {
    if (!ok_ || out_.size() - position_ < count) return ok_ = false;
    position_ += count;
    return true;
  }

  MutableBytes out_;
  std::size_t position_;
  bool ok_ = true;
};

}  // namespace rollcall
