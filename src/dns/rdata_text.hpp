/// RDATA between presentation format and wire form, driven by the descriptor table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::dns {

inline constexpr std::size_t kMaxRdataSize = 65535;  // RFC 1035 section 3.2.1: RDLENGTH has 16 bits

/// One word of a zone file's entry, escapes not yet resolved.
struct Word {
  std::string_view text;  // without the quotes
  bool quoted = false;
};

/// What is wrong, and with which word. `word` == the number of words: the end is missing.
struct RdataError {
  std::size_t word = 0;
  std::string message;
};

/// Appends the wire form of an RDATA to `out`. Names in it are not compressed and keep their case.
/// `\# n hex` is understood for every type (RFC 3597 section 5).
/// @return nothing, or the first error; `out` is then unchanged
Result<void, RdataError> parse_rdata(Type type, std::span<const Word> words, const Name& origin,
                                     std::vector<std::uint8_t>& out);

/// True where `rdata` has the form that the descriptor of `type` requires (always for types without
/// one). The names in it must be uncompressed.
bool valid_rdata(Type type, Bytes rdata);

/// Presentation format of a valid uncompressed RDATA; `\# n hex` for unknown types.
std::string rdata_to_text(Type type, Bytes rdata);

/// `\# n hex` (RFC 3597 section 5).
std::string generic_text(Bytes rdata);

/// Seconds: "3600", or with units of s m h d w in either case: "1h30m".
/// @return nothing for any other text, and above 32 bits
std::optional<std::uint32_t> parse_ttl(std::string_view text);

/// RFC 1982 section 3.2: true where `a` is after `b` in serial number arithmetic.
constexpr bool serial_greater(std::uint32_t a, std::uint32_t b) noexcept {
  return a != b && static_cast<std::uint32_t>(a - b) < 0x80000000U;
}

}  // namespace rollcall::dns
