#include "transport/udp_batch.hpp"

#include <cerrno>
#include <cstring>

namespace rollcall::transport {
namespace {

bool is_set(int socket, int level, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, level, option, &value, &size) == 0 && value != 0;
}

}  // namespace

UdpBatch::UdpBatch(int socket)
    : socket_(socket),
      told_address_(is_set(socket, IPPROTO_IP, IP_PKTINFO) ||
                    is_set(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO)) {
  for (unsigned i = 0; i < kUdpBatch; ++i) {
    taken_[i] = {octets_[i].data(), kRequestSize};
    requests_[i].msg_hdr = {.msg_name = &peers_[i],
                            .msg_namelen = sizeof peers_[i],
                            .msg_iov = &taken_[i],
                            .msg_iovlen = 1,
                            .msg_control = told_address_ ? controls_[i].octets.data() : nullptr,
                            .msg_controllen = told_address_ ? kControlSize : 0,
                            .msg_flags = 0};
    responses_[i].msg_hdr = requests_[i].msg_hdr;
    responses_[i].msg_hdr.msg_iov = &parts_[i];
  }
}

/// The kernel writes the length of each peer's address. It is always the same for one socket, so it
/// need not be reset.
unsigned UdpBatch::receive(int flags) {
  end_ = 0;
  const int count =
      ::recvmmsg(socket_, requests_.data(), kUdpBatch, MSG_WAITFORONE | flags, nullptr);
  if (count > 0) return received_ = static_cast<unsigned>(count);
  failure_ = count == 0 || errno == EAGAIN || errno == EINTR ? 0 : errno;
  return received_ = 0;
}

void UdpBatch::send() {
  for (unsigned i = 0; i < received_;) {
    if (parts_[i].iov_len == 0) {
      ++i;
      continue;
    }
    const int count = ::sendmmsg(socket_, responses_.data() + i, run_from(i), 0);
    if (count > 0) {
      i += static_cast<unsigned>(count);
    } else if (errno != EINTR) {
      ++i;  // the first response cannot be sent; continue after it
    }
  }
}

/// Responses from `i` on, up to the next request that gets none.
unsigned UdpBatch::run_from(unsigned i) const noexcept {
  unsigned end = i;
  while (end < received_ && parts_[end].iov_len != 0) ++end;
  return end - i;
}

/// The source of response `i` is the address that the request was sent to. The routes choose the
/// interface: if it were set, the response would have to leave by the interface that the request
/// came in on (ip(7), IP_PKTINFO). Only a link-local address needs its own interface.
void UdpBatch::keep_address(unsigned i) noexcept {
  msghdr& from = requests_[i].msg_hdr;
  responses_[i].msg_hdr.msg_controllen = from.msg_controllen;
  if (cmsghdr* control = CMSG_FIRSTHDR(&from)) drop_interface(*control);
  from.msg_controllen = kControlSize;
}

void UdpBatch::drop_interface(cmsghdr& control) noexcept {
  unsigned char* const data = CMSG_DATA(&control);
  constexpr int kAnyInterface = 0;
  if (control.cmsg_level == IPPROTO_IP) {
    std::memcpy(data + offsetof(in_pktinfo, ipi_ifindex), &kAnyInterface, sizeof kAnyInterface);
  } else {
    in6_pktinfo info;
    std::memcpy(&info, data, sizeof info);
    if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = kAnyInterface;
    std::memcpy(data, &info, sizeof info);
  }
}

UdpBatch::Envelope UdpBatch::envelope(unsigned i) noexcept {
  msghdr& from = requests_[i].msg_hdr;
  Envelope envelope{.peer = peers_[i],
                    .peer_size = from.msg_namelen,
                    .control = {},
                    .control_size = told_address_ ? from.msg_controllen : 0};
  if (envelope.control_size == 0) return envelope;
  if (cmsghdr* control = CMSG_FIRSTHDR(&from)) drop_interface(*control);
  std::memcpy(envelope.control.data(), controls_[i].octets.data(), envelope.control_size);
  return envelope;
}

void UdpBatch::send_later(int socket, const Envelope& to, Bytes response) noexcept {
  Envelope copy = to;
  alignas(cmsghdr) std::array<char, sizeof(copy.control)> control = copy.control;
  iovec part{const_cast<std::uint8_t*>(response.data()), response.size()};
  const msghdr message{.msg_name = &copy.peer,
                       .msg_namelen = copy.peer_size,
                       .msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = copy.control_size != 0 ? control.data() : nullptr,
                       .msg_controllen = copy.control_size,
                       .msg_flags = 0};
  // One that cannot be sent at once is lost, as packets are.
  [[maybe_unused]] const ssize_t sent = ::sendmsg(socket, &message, MSG_DONTWAIT);
}

}  // namespace rollcall::transport
