/// Sockets that wait for questions.
#pragma once

#include <chrono>

#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "server/descriptor.hpp"

namespace rollcall::server {

/// How often an idle UDP worker looks whether it should end or a newer catalog is there.
inline constexpr std::chrono::milliseconds kUdpWakeInterval{250};
inline constexpr int kUdpReceiveBuffer = 4 * 1024 * 1024;  // octets; bursts wait here, not drop
inline constexpr int kTcpBacklog = 1024;

/// A UDP socket that shares its address by SO_REUSEPORT, tells where each packet was sent to, lets
/// its packets be fragmented rather than dropped (RFC 9715 R4 is kept by the size), and wakes up
/// every kUdpWakeInterval.
/// @return an error that names the address and the reason
Result<Descriptor> bind_udp(const Endpoint& endpoint);

/// A listening TCP socket, non-blocking.
Result<Descriptor> listen_tcp(const Endpoint& endpoint);

}  // namespace rollcall::server
