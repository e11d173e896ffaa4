/// Words and notations for numbers in an RDATA.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::dns {

/// A DNSSEC algorithm by number or mnemonic, without case (RFC 4034 appendix A.1 and the registry).
std::optional<std::uint8_t> parse_algorithm(std::string_view text);

/// A certificate type by number or mnemonic, without case (RFC 4398 section 2.1).
std::optional<std::uint16_t> parse_cert_type(std::string_view text);

/// The scheme of a DSYNC record by number or mnemonic, without case (RFC 9859).
std::optional<std::uint8_t> parse_notify_scheme(std::string_view text);
std::string format_notify_scheme(std::uint8_t scheme);

/// YYYYMMDDHHmmSS or seconds since 1970 (RFC 4034 section 3.2); seconds wrap at 32 bits.
std::optional<std::uint32_t> parse_timestamp(std::string_view text);
std::string format_timestamp(std::uint32_t seconds);

}  // namespace rollcall::dns
