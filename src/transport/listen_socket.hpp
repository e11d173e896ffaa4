/// Sockets that receive queries.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "io/descriptor.hpp"

namespace rollcall::transport {

/// How often an idle UDP worker checks whether it should end and whether there is a newer catalog.
inline constexpr std::chrono::milliseconds kUdpWakeInterval{250};
inline constexpr int kUdpReceiveBuffer = 4 * 1024 * 1024;  // octets; bursts wait here, not drop
inline constexpr int kTcpBacklog = 1024;
/// Octets that the kernel keeps for a peer that does not read, beyond what the peer's own host
/// buffers. Without this limit it would be a megabyte or more each.
inline constexpr int kTcpUnsent = 128 * 1024;

/// What is done about an address that this host does not have.
enum class WhenAbsent : std::uint8_t {
  fail,
  wait,  // bind anyway: it serves as soon as the host has the address
};

/// False if the host does not have the address, or lacks its family altogether.
bool host_has(const IpAddress& address);

/// Why a socket cannot be had at that address, with what an operator can do about it.
/// @param what "UDP", "TCP" or the step that failed
/// @param error an errno
std::string cannot_listen(const Endpoint& endpoint, std::string_view what, int error);

/// A UDP socket that shares its address by SO_REUSEPORT, tells where each packet was sent to (where
/// it is bound to the unspecified address), lets its packets be fragmented rather than dropped (RFC
/// 9715 R4 is kept by the size), and wakes up every kUdpWakeInterval.
/// @return an error that names the address and the reason
Result<io::Descriptor> bind_udp(const Endpoint& endpoint,
                                WhenAbsent when_absent = WhenAbsent::fail);

/// Lets the CPU that a packet came in on decide which of the sockets that share the address gets
/// it, the first bound one for CPU 0 and so on, instead of a hash of addresses and ports.
/// @param socket any of them, after all are bound
/// @param count of them, as many as there are CPUs
/// @return an error where the CPUs that we may run on have gaps: their numbers choose the socket
Result<void> steer_by_cpu(const io::Descriptor& socket, unsigned count);

/// Lets a thread that waits for the socket poll the device for that long before it sleeps
/// (socket(7), SO_BUSY_POLL; to raise it takes CAP_NET_ADMIN).
Result<void> set_busy_poll(const io::Descriptor& socket, Duration duration);

/// A listening TCP socket, non-blocking.
Result<io::Descriptor> listen_tcp(const Endpoint& endpoint,
                                  WhenAbsent when_absent = WhenAbsent::fail);

/// The address and port that a socket is bound to, as text.
std::string bound_address(const io::Descriptor& socket);

}  // namespace rollcall::transport
