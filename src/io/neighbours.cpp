#include "io/neighbours.hpp"

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "io/descriptor.hpp"

namespace rollcall::io {
namespace {

constexpr std::size_t kMaxReply = 8192;  // of one route or one neighbour: some hundred octets

/// A request with one header and an address.
template <class Body>
struct Ask {
  nlmsghdr header{};
  Body body{};
  rtattr attribute{};
  std::array<std::uint8_t, 16> address{};
};

template <class Body>
Ask<Body> make_ask(std::uint16_t type, std::uint16_t attribute, const IpAddress& address) {
  Ask<Body> ask;
  const auto octets = address.octets();
  ask.header.nlmsg_type = type;
  ask.header.nlmsg_flags = NLM_F_REQUEST;
  ask.attribute.rta_type = attribute;
  ask.attribute.rta_len = static_cast<std::uint16_t>(RTA_LENGTH(octets.size()));
  std::memcpy(ask.address.data(), octets.data(), octets.size());
  ask.header.nlmsg_len =
      static_cast<std::uint32_t>(NLMSG_LENGTH(sizeof(Body)) + RTA_ALIGN(RTA_LENGTH(octets.size())));
  return ask;
}

/// One reply of the kernel.
class Reply {
 public:
  template <class Body>
  bool fetch(int socket, const Ask<Body>& ask) {
    if (::send(socket, &ask, ask.header.nlmsg_len, MSG_NOSIGNAL) < 0) return false;
    const ssize_t size = ::recv(socket, buffer_.data(), buffer_.size(), 0);
    if (size < static_cast<ssize_t>(sizeof(nlmsghdr))) return false;
    std::memcpy(&header_, buffer_.data(), sizeof header_);
    size_ = std::min<std::size_t>(static_cast<std::size_t>(size), header_.nlmsg_len);
    return header_.nlmsg_type != NLMSG_ERROR && size_ >= NLMSG_LENGTH(sizeof(Body));
  }

  template <class Body>
  Body body() const {
    Body body;
    std::memcpy(&body, buffer_.data() + NLMSG_HDRLEN, sizeof body);
    return body;
  }

  /// The content of an attribute behind the body.
  template <class Body>
  std::optional<std::span<const std::uint8_t>> find(std::uint16_t type) const {
    std::size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(Body));
    while (at + sizeof(rtattr) <= size_) {
      rtattr attribute;
      std::memcpy(&attribute, buffer_.data() + at, sizeof attribute);
      if (attribute.rta_len < sizeof(rtattr) || at + attribute.rta_len > size_) break;
      if (attribute.rta_type == type) {
        return std::span(buffer_).subspan(at + RTA_LENGTH(0), attribute.rta_len - RTA_LENGTH(0));
      }
      at += RTA_ALIGN(attribute.rta_len);
    }
    return std::nullopt;
  }

 private:
  std::array<std::uint8_t, kMaxReply> buffer_{};
  nlmsghdr header_{};
  std::size_t size_ = 0;
};

/// The interface to a host on one of our links; nothing where a router is in between.
std::optional<int> link_towards(int socket, const IpAddress& address) {
  auto ask = make_ask<rtmsg>(RTM_GETROUTE, RTA_DST, address);
  ask.body.rtm_family = address.is_v4() ? AF_INET : AF_INET6;
  ask.body.rtm_dst_len = address.is_v4() ? 32 : 128;
  Reply reply;
  if (!reply.fetch(socket, ask) || reply.body<rtmsg>().rtm_type != RTN_UNICAST) return std::nullopt;
  if (reply.find<rtmsg>(RTA_GATEWAY) || reply.find<rtmsg>(RTA_VIA)) return std::nullopt;
  const auto link = reply.find<rtmsg>(RTA_OIF);
  int index = 0;
  if (!link || link->size() != sizeof index) return std::nullopt;
  std::memcpy(&index, link->data(), sizeof index);
  return index;
}

}  // namespace

Neighbour find_neighbour(const IpAddress& address) {
  const Descriptor socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!socket) return Neighbour::none;
  const auto link = link_towards(socket.get(), address);
  if (!link) return Neighbour::none;
  auto ask = make_ask<ndmsg>(RTM_GETNEIGH, NDA_DST, address);
  ask.body.ndm_family = address.is_v4() ? AF_INET : AF_INET6;
  ask.body.ndm_ifindex = *link;
  Reply reply;
  if (!reply.fetch(socket.get(), ask)) return Neighbour::none;
  switch (reply.body<ndmsg>().ndm_state) {
    case NUD_REACHABLE:
      return Neighbour::answers;
    case NUD_STALE:
    case NUD_DELAY:
    case NUD_PROBE:
      return Neighbour::unsure;
    case NUD_INCOMPLETE:
    case NUD_FAILED:
      return Neighbour::silent;
    default:  // permanent, or a link without such a protocol
      return Neighbour::none;
  }
}

}  // namespace rollcall::io
