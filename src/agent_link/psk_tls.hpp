/// TLS 1.3 between a nameserver and its agents with a pre-shared key and no certificates.
///
/// Both sides hold the same 256-bit key. The key proves each side to the other (the PSK binder, RFC
/// 8446 section 4.2.11.2), and an ephemeral Diffie-Hellman exchange (psk_dhe_ke, section 4.2.9)
/// keeps the traffic secret even if the key leaks later. There are no session tickets and no 0-RTT,
/// so nothing can be replayed.
///
/// A server may hold several keys; the identity says which one the client means. An unknown
/// identity gets a key that nobody has, so it fails where a wrong key does, with the same alert.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <vector>

#include "agent_link/psk_keys.hpp"
#include "core/result.hpp"
#include "io/async.hpp"

namespace rollcall::agent_link {

enum class TlsRole : std::uint8_t { client, server };

/// A context that speaks TLS 1.3 with these keys and nothing else. It keeps its own copy of them.
/// @param keys a client uses the first one; a server accepts each, by its name
Result<asio::ssl::context> make_psk_context(TlsRole role, const std::vector<NamedKey>& keys);

/// Call it after every handshake, before sending anything: did the peer prove the key? A
/// certificate is not accepted in its place, whoever signed it.
bool psk_was_used(SSL* ssl);

/// On the server, after a handshake for which psk_was_used(): the key that the client has proved.
/// It lives as long as the connection.
const NamedKey* proven_key(SSL* ssl);

}  // namespace rollcall::agent_link
