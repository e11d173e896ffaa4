#include "server/udp_worker.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>

#include "dns/message.hpp"
#include "server/clock.hpp"

namespace rollcall::server {
namespace {

constexpr std::size_t kRequestSize = 4096;  // larger requests are cut by the kernel and FORMERR
/// Room for one IP_PKTINFO or IPV6_PKTINFO.
constexpr std::size_t kControlSize = CMSG_SPACE(sizeof(in6_pktinfo));

struct Slot {
  sockaddr_storage peer;
  alignas(cmsghdr) std::array<char, kControlSize> control;
  std::array<std::uint8_t, kRequestSize> request;
  std::array<std::uint8_t, dns::kEdnsUdpSize> response;
  iovec in;
  iovec out;
  answer::Request read;
};

/// The arrays of one worker: allocated once, before the first packet.
class Batch {
 public:
  Batch() : slots_(std::make_unique<std::array<Slot, kUdpBatch>>()) {
    for (unsigned i = 0; i < kUdpBatch; ++i) {
      Slot& slot = (*slots_)[i];
      slot.in = {slot.request.data(), slot.request.size()};
      requests_[i].msg_hdr.msg_iov = &slot.in;
      requests_[i].msg_hdr.msg_iovlen = 1;
      requests_[i].msg_hdr.msg_name = &slot.peer;
      requests_[i].msg_hdr.msg_control = slot.control.data();
    }
  }

  /// @return packets received; 0 where none came
  unsigned receive(int socket) {
    for (unsigned i = 0; i < received_; ++i) {
      requests_[i].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
      requests_[i].msg_hdr.msg_controllen = kControlSize;
    }
    const int count = ::recvmmsg(socket, requests_.data(), kUdpBatch, MSG_WAITFORONE, nullptr);
    return received_ = count < 0 ? 0 : static_cast<unsigned>(count);
  }

  Slot& slot(unsigned i) { return (*slots_)[i]; }
  Bytes request(unsigned i) { return Bytes(slot(i).request.data(), requests_[i].msg_len); }

  /// Queues the response of request `i` to where it came from, from the address it was sent to.
  void queue(unsigned i, std::size_t size) {
    Slot& from = slot(i);
    from.out = {from.response.data(), size};
    msghdr& to = responses_[queued_++].msg_hdr;
    to = requests_[i].msg_hdr;
    to.msg_iov = &from.out;
    to.msg_flags = 0;
    let_routes_decide(to);
  }

  /// @return responses that could not be sent
  unsigned send(int socket) {
    unsigned sent = 0;
    unsigned failed = 0;
    while (sent < queued_) {
      const int count = ::sendmmsg(socket, responses_.data() + sent, queued_ - sent, 0);
      if (count > 0) {
        sent += static_cast<unsigned>(count);
      } else if (errno != EINTR) {
        ++failed;  // the first one is to blame; go on behind it
        ++sent;
      }
    }
    queued_ = 0;
    return failed;
  }

 private:
  /// Keeps the source address alone: with the interface too, the response would have to leave by
  /// the one that the request came in by, whatever the routes say (ip(7), IP_PKTINFO).
  static void let_routes_decide(msghdr& message) {
    const cmsghdr* control = CMSG_FIRSTHDR(&message);
    if (control == nullptr) return;
    auto* data = const_cast<unsigned char*>(CMSG_DATA(control));
    constexpr int kAnyInterface = 0;
    if (control->cmsg_level == IPPROTO_IP) {
      std::memcpy(data + offsetof(in_pktinfo, ipi_ifindex), &kAnyInterface, sizeof kAnyInterface);
    } else if (control->cmsg_level == IPPROTO_IPV6) {
      std::memcpy(data + offsetof(in6_pktinfo, ipi6_ifindex), &kAnyInterface, sizeof kAnyInterface);
    }
  }

  std::unique_ptr<std::array<Slot, kUdpBatch>> slots_;
  std::array<mmsghdr, kUdpBatch> requests_{};
  std::array<mmsghdr, kUdpBatch> responses_{};
  unsigned received_ = kUdpBatch;  // at first every slot is to be made ready
  unsigned queued_ = 0;
};

Bytes address_octets(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    return {reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), 4};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
  return {v6.sin6_addr.s6_addr, 16};
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) {
  counter.store(counter.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
}

}  // namespace

UdpWorker::UdpWorker(Descriptor socket, const Published<zone::Catalog>& catalog,
                     const answer::Responder& responder, std::uint64_t seed)
    : socket_(std::move(socket)),
      catalog_(catalog),
      responder_(responder),
      seed_(seed),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void UdpWorker::run(const std::stop_token& stop) {
  Batch batch;
  Random random(seed_);
  Published<zone::Catalog>::Reader catalog(catalog_);
  while (!stop.stop_requested()) {
    const unsigned received = batch.receive(socket_.get());
    catalog.refresh();
    if (received == 0) continue;  // the wake interval of the socket passed, or a signal came
    for (unsigned i = 0; i < received; ++i) {
      answer::Responder::read(*catalog, batch.request(i), batch.slot(i).read);
    }
    for (unsigned i = 0; i < received; ++i) answer::Responder::fetch(batch.slot(i).read);
    answer::Asker asker{.now = wall_now()};
    unsigned answered = 0;
    for (unsigned i = 0; i < received; ++i) {
      Slot& slot = batch.slot(i);
      asker.address = address_octets(slot.peer);
      const std::size_t size = responder_.answer(*catalog, slot.read, slot.response, asker, random);
      if (size == 0) continue;
      batch.queue(i, size);
      ++answered;
    }
    const unsigned failed = batch.send(socket_.get());
    add(counters_.received, received);
    add(counters_.answered, answered - failed);
    if (failed > 0) add(counters_.send_failed, failed);
  }
}

}  // namespace rollcall::server
