#include "transport/update_letters.hpp"

#include <fcntl.h>

#include <new>

namespace rollcall::transport {
namespace {

Endpoint endpoint_of(const sockaddr_in6& peer) {
  return {*IpAddress::from_octets(address_octets(peer)), ntohs(peer.sin6_port)};
}

}  // namespace

UpdateLetters::UpdateLetters(answer::UpdateSink& sink, const io::Descriptor& socket)
    : sink_(sink),
      socket_(std::make_shared<const io::Descriptor>(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0))) {}

/// Where memory is short, the client asks again.
std::size_t UpdateLetters::take(const zone::Catalog& catalog, UdpBatch& batch, unsigned i,
                                WallTime now) noexcept try {
  return take_one(catalog, batch, i, now);
} catch (const std::exception&) {
  return 0;
}

std::size_t UpdateLetters::take_one(const zone::Catalog& catalog, UdpBatch& batch, unsigned i,
                                    WallTime now) {
  const Bytes packet = batch.request(i);
  const Endpoint from = endpoint_of(batch.peer(i));
  auto opened = answer::open_update(catalog, packet, from.address, answer::Transport::udp, now);
  if (!opened) {
    answer::UpdateRefusal& refusal = opened.error();
    if (refusal.is_told) {
      sink_.tell_refused(from.address, answer::describe_refusal(packet, refusal, from));
    }
    const answer::UpdateReply reply{refusal.rcode, refusal.extended_error, refusal.reason};
    return answer::write_update_reply(packet, reply, refusal.signature, batch.room(), now);
  }
  if (!*socket_) return 0;
  // Where too many wait, nothing is sent: the client asks again.
  sink_.take({.update = std::move(*opened),
              .from = from,
              .reply = [socket = socket_, to = batch.envelope(i)](Bytes reply) {
                UdpBatch::send_later(socket->get(), to, reply);
              }});
  return 0;
}

}  // namespace rollcall::transport
