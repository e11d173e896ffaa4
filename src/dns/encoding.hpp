/// Octets as text: hexadecimal, base64, base32hex, and the escapes of zone files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace rollcall::dns {

/// Upper-case digits.
std::string to_hex(Bytes octets);
/// With padding (RFC 4648 section 4).
std::string to_base64(Bytes octets);
/// Upper-case, without padding (RFC 4648 section 7; RFC 5155 section 3.3).
std::string to_base32hex(Bytes octets);

/// 0 to 15, or -1 where `digit` is not a hexadecimal digit.
int hex_value(char digit) noexcept;

/// Each reads its digits (letters of either case where case has no meaning) and appends the octets
/// to `out`. False where the text is anything else; the appended octets are then meaningless.
bool from_hex(std::string_view text, std::vector<std::uint8_t>& out);
/// Padding is required, and the bits after the last octet must be zero (RFC 4648 section 3.5).
bool from_base64(std::string_view text, std::vector<std::uint8_t>& out);
/// Without padding.
bool from_base32hex(std::string_view text, std::vector<std::uint8_t>& out);

/// Reads `\DDD` or `\X` (RFC 1035 section 5.1) at `at`, the place of the backslash, and moves `at`
/// past the escape.
/// @return nothing where the escape is cut off or above 255
std::optional<std::uint8_t> read_escape(std::string_view text, std::size_t& at) noexcept;

/// Appends `octet` as a zone file writes it: a printable one as it is, with a backslash where it is
/// in `special`, any other as `\DDD`.
void append_escaped(std::string& out, std::uint8_t octet, std::string_view special);

}  // namespace rollcall::dns
