/// Echo requests and replies (RFC 792, RFC 4443 sections 4.1 and 4.2).
#pragma once

#include <cstdint>
#include <vector>

#include "core/bytes.hpp"
#include "core/ip_address.hpp"

namespace rollcall::health {

/// An echo request whose data is `nonce`. For IPv4 with its checksum; that of IPv6 covers the
/// addresses, and the kernel fills it in (RFC 3542 section 3.1).
std::vector<std::uint8_t> echo_request(IpFamily family, std::uint16_t id, std::uint64_t nonce);

/// True for the reply to the request with that nonce.
/// @param packet with its IP header from a raw IPv4 socket, without it from any other socket
bool is_echo_reply(IpFamily family, Bytes packet, bool with_ip_header, std::uint64_t nonce);

}  // namespace rollcall::health
