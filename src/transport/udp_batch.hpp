/// The packets that one system call receives, and the responses that another one sends.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/bytes.hpp"
#include "dns/message.hpp"

namespace rollcall::transport {

/// 4 or 16 octets, valid as long as `peer`.
inline Bytes address_octets(const sockaddr_in6& peer) noexcept {
  if (peer.sin6_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    return {reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), 4};
  }
  return {peer.sin6_addr.s6_addr, 16};
}

inline constexpr unsigned kUdpBatch = 32;  // 16 to 64 measure alike; single calls cost 30 % more

/// The arrays of one worker, made once. Response i goes to where request i came from, from the
/// address that it was sent to. The data of neighbouring packets lie close together, so that the
/// whole batch stays in the first-level cache.
class UdpBatch {
 public:
  /// @param socket bound; the caller keeps it
  explicit UdpBatch(int socket);

  /// Waits for packets, for as long as the socket's time-out allows.
  /// @param of recvmmsg, for this call
  /// @return packets received; 0 if none came or it failed
  unsigned receive(int flags = 0);
  /// The errno of the last receive() that returned 0; 0 if no packet came, which is no failure.
  int failure() const noexcept { return failure_; }

  unsigned received() const noexcept { return received_; }
  Bytes request(unsigned i) const noexcept { return {octets_[i].data(), requests_[i].msg_len}; }
  /// It begins with a sockaddr_in if the family is AF_INET.
  const sockaddr_in6& peer(unsigned i) const noexcept { return peers_[i]; }

  /// A response to request `i` that is sent later, from any thread.
  struct Envelope {
    sockaddr_in6 peer;
    socklen_t peer_size;
    std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> control;
    std::size_t control_size;
  };
  Envelope envelope(unsigned i) noexcept;
  static void send_later(int socket, const Envelope& to, Bytes response) noexcept;

  /// Where the next response may be written: dns::kEdnsUdpSize octets.
  MutableBytes room() noexcept { return {written_.data() + end_, dns::kEdnsUdpSize}; }

  /// Sets response `i`, which was written into room(). Call it for each request in order.
  /// @param size octets; 0: nothing is sent
  void set_response(unsigned i, std::size_t size) noexcept {
    parts_[i] = {written_.data() + end_, size};
    end_ += size;
    responses_[i].msg_hdr.msg_namelen = requests_[i].msg_hdr.msg_namelen;
    if (told_address_) keep_address(i);
  }

  /// Sends the responses that were set. One that cannot be sent is passed over.
  void send();

 private:
  /// We announce kEdnsUdpSize octets (RFC 6891 section 6.2.3). The kernel cuts a larger request,
  /// and one octet too many already makes it FORMERR.
  static constexpr std::size_t kRequestSize = dns::kEdnsUdpSize + 1;
  /// Room for one IP_PKTINFO or IPV6_PKTINFO.
  static constexpr std::size_t kControlSize = CMSG_SPACE(sizeof(in6_pktinfo));
  struct Control {
    alignas(cmsghdr) std::array<char, kControlSize> octets;
  };

  static void drop_interface(cmsghdr& control) noexcept;
  unsigned run_from(unsigned i) const noexcept;
  void keep_address(unsigned i) noexcept;

  int socket_;
  bool told_address_;  // each request comes with the address that it was sent to
  unsigned received_ = 0;
  int failure_ = 0;      // looked at where nothing was received
  std::size_t end_ = 0;  // of what is written
  std::array<mmsghdr, kUdpBatch> requests_{};
  std::array<mmsghdr, kUdpBatch> responses_{};
  std::array<iovec, kUdpBatch> taken_{};  // where requests go
  std::array<iovec, kUdpBatch> parts_{};  // where responses are
  std::array<sockaddr_in6, kUdpBatch> peers_;
  std::array<Control, kUdpBatch> controls_;
  std::array<std::array<std::uint8_t, kRequestSize>, kUdpBatch> octets_;
  std::array<std::uint8_t, std::size_t{kUdpBatch} * dns::kEdnsUdpSize> written_;
};

}  // namespace rollcall::transport
