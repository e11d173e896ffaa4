/// The keys between nameservers and agents: 256 bits each, with the name under which TLS knows the
/// key (its PSK identity, RFC 8446 section 4.2.11). The name is no secret.
///
/// A key file has `NAME HEX64` a line, several lines while keys are changed: a nameserver uses the
/// first one, an agent accepts each. The older form is 64 hexadecimal digits alone; the name of
/// such a key is kUnnamedKey.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "files/file_reader.hpp"

namespace rollcall::agent_link {

inline constexpr std::string_view kUnnamedKey = "rollcall";
inline constexpr std::size_t kMaxKeysOfFile = 8;  // two are enough for a change of keys

/// 256 bits from a good random source: it is used as it is, not stretched like a password.
struct PskKey {
  std::array<std::uint8_t, 32> octets{};

  PskKey() = default;
  PskKey(const PskKey&) = default;
  PskKey& operator=(const PskKey&) = default;
  ~PskKey();  // overwrites the octets

  bool operator==(const PskKey&) const = default;
};

struct NamedKey {
  std::string name{kUnnamedKey};
  PskKey key;

  bool operator==(const NamedKey&) const = default;
};

/// Reads 64 hexadecimal digits and an optional newline (LF or CRLF). The message of a failure does
/// not repeat the text.
Result<PskKey> parse_psk_key(std::string_view text);

/// Reads lines `NAME HEX64`; empty lines and lines that begin with "#" are left out. The message of
/// a failure begins with the number of the line and does not repeat the digits.
/// @return 1 to kMaxKeysOfFile keys with different names, each a service name (service_name.hpp)
Result<std::vector<NamedKey>> parse_key_lines(std::string_view text);

struct KeyFile {
  std::vector<NamedKey> keys;  // at least one
  std::string warning;  // empty, or a message that users other than the owner can read the file
};

/// A file with one key without a name.
Result<KeyFile> read_single_key(const std::string& path, const files::ReadText& read);

/// A file of lines `NAME HEX64`.
Result<KeyFile> read_key_lines(const std::string& path, const files::ReadText& read);

}  // namespace rollcall::agent_link
