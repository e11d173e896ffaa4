/// Interoperable server cookies (RFC 9018): client and server recognise each other, without state.
/// Servers that share an address share the secret.
#pragma once

#include <array>
#include <cstdint>

#include "core/bytes.hpp"
#include "core/instant.hpp"

namespace rollcall::answer {

inline constexpr std::size_t kClientCookieSize = 8;   // RFC 7873 section 4.1
inline constexpr std::size_t kServerCookieSize = 16;  // RFC 9018 section 4

using CookieSecret = std::array<std::uint8_t, 16>;
using ServerCookie = std::array<std::uint8_t, kServerCookieSize>;

/// SipHash-2-4 of `data`: the keyed hash of RFC 9018 section 4.4. Written here because OpenSSL's
/// allocates a context for each call, and the query path must not allocate.
std::uint64_t siphash24(const CookieSecret& key, Bytes data) noexcept;

/// @param client_cookie kClientCookieSize octets as received
/// @param address the client's: 4 or 16 octets
ServerCookie make_server_cookie(Bytes client_cookie, Bytes address, WallTime now,
                                const CookieSecret& secret) noexcept;

/// True where this server cookie was made with this secret for this client, at most an hour ago and
/// at most five minutes in the future (RFC 9018 section 4.3).
bool valid_server_cookie(Bytes client_cookie, Bytes server_cookie, Bytes address, WallTime now,
                         const CookieSecret& secret) noexcept;

}  // namespace rollcall::answer
