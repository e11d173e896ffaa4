/// TLS 1.3 between a nameserver and its agents with a pre-shared key and no certificates.
///
/// Both sides hold the same 256-bit key. The key proves each side to the other (the PSK binder, RFC
/// 8446 section 4.2.11.2), and an ephemeral Diffie-Hellman exchange (psk_dhe_ke, section 4.2.9)
/// keeps the traffic secret even if the key leaks later. There are no session tickets and no 0-RTT,
/// so nothing can be replayed.
///
/// Not done: several keys at once (a key is changed on both sides together).
#pragma once

#include <array>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "files/file_reader.hpp"
#include "io/async.hpp"

namespace rollcall::agent_link {

/// The PSK identity (RFC 8446 section 4.2.11) of every Rollcall key. It is no secret.
inline constexpr std::string_view kPskIdentity = "rollcall";

/// 256 bits from a good random source: it is used as it is, not stretched like a password.
struct PskKey {
  std::array<std::uint8_t, 32> octets{};

  PskKey() = default;
  PskKey(const PskKey&) = default;
  PskKey& operator=(const PskKey&) = default;
  ~PskKey();  // overwrites the octets

  bool operator==(const PskKey&) const = default;
};

/// Reads 64 hexadecimal digits and an optional newline (LF or CRLF). The message of a failure does
/// not repeat the text.
Result<PskKey> parse_psk_key(std::string_view text);

struct PskKeyFile {
  PskKey key;
  std::string warning;  // empty, or a message that users other than the owner can read the file
};

Result<PskKeyFile> read_psk_key_file(const std::string& path, const files::ReadText& read);

enum class TlsRole : std::uint8_t { client, server };

/// A context that speaks TLS 1.3 with this key and nothing else. It keeps its own copy of the key.
Result<asio::ssl::context> make_psk_context(TlsRole role, const PskKey& key);

/// Call it after every handshake, before sending anything: did the peer prove the key? A
/// certificate is not accepted in its place, whoever signed it.
bool psk_was_used(SSL* ssl);

}  // namespace rollcall::agent_link
