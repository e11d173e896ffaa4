#include "flood_socket.hpp"

#include <netinet/udp.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include "dns/message.hpp"

namespace rollcall::bench {
namespace {

constexpr std::size_t kQuerySize = 512;         // more than the longest question with an OPT
constexpr int kSocketBuffer = 4 * 1024 * 1024;  // octets; the generator itself must not drop

int connect_socket(const SocketAddress& server) {
  const int fd = ::socket(server.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::system_error(errno, std::system_category(), "socket");
  for (const int option : {SO_RCVBUF, SO_RCVBUFFORCE, SO_SNDBUF, SO_SNDBUFFORCE}) {
    ::setsockopt(fd, SOL_SOCKET, option, &kSocketBuffer, sizeof kSocketBuffer);
  }
  if (::connect(fd, server.get(), server.size) != 0) {
    throw std::system_error(errno, std::system_category(), "connect");
  }
  return fd;
}

}  // namespace

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

FloodSocket::FloodSocket(const FloodSocketOptions& options, const QueryList& queries, Tally& tally)
    : options_(options),
      queries_(queries),
      tally_(tally),
      socket_(connect_socket(options.server)),
      out_(options.batch * kQuerySize),
      in_(options.batch * kAnswerSize),
      out_parts_(options.batch),
      in_parts_(options.batch),
      out_messages_(options.batch),
      in_messages_(options.batch),
      controls_(options.batch) {
  for (std::size_t i = 0; i < options.batch; ++i) {
    in_parts_[i] = {in_.data() + i * kAnswerSize, kAnswerSize};
    in_messages_[i].msg_hdr.msg_iov = &in_parts_[i];
    in_messages_[i].msg_hdr.msg_iovlen = 1;
    out_messages_[i].msg_hdr.msg_iov = &out_parts_[i];
    out_messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

std::size_t FloodSocket::write_query(std::uint8_t* at, std::size_t query, Pending times) {
  const Bytes packet = queries_.packet(query);
  std::memcpy(at, packet.data(), packet.size());
  store_u16(at + dns::header::kId, static_cast<std::uint16_t>(head_));
  times.query = static_cast<std::uint32_t>(query);
  times.open = true;
  pending(head_++) = times;
  ++outstanding_;
  ++tally_.sent;
  return packet.size();
}

void FloodSocket::close_message(mmsghdr& message, iovec& part, unsigned queries,
                                std::size_t query_size) {
  part.iov_len = queries * query_size;
  message.msg_hdr.msg_control = nullptr;
  message.msg_hdr.msg_controllen = 0;
  if (queries < 2) return;
  Control& control = controls_[static_cast<std::size_t>(&message - out_messages_.data())];
  message.msg_hdr.msg_control = control.octets.data();
  message.msg_hdr.msg_controllen = control.octets.size();
  cmsghdr* segment = CMSG_FIRSTHDR(&message.msg_hdr);
  segment->cmsg_level = SOL_UDP;
  segment->cmsg_type = UDP_SEGMENT;
  segment->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto size = static_cast<std::uint16_t>(query_size);
  std::memcpy(CMSG_DATA(segment), &size, sizeof size);
}

void FloodSocket::send(unsigned count, std::size_t& next, std::uint64_t due, double step) {
  while (head_ + count - tail_ > kIds) give_up_oldest();
  const std::uint64_t now = now_ns();
  std::uint8_t* at = out_.data();
  std::size_t messages = 0;
  for (unsigned written = 0; written < count; ++messages) {
    const std::size_t size = queries_.packet(next).size();
    out_parts_[messages].iov_base = at;
    unsigned together = 0;
    do {
      const auto behind = static_cast<std::uint64_t>(step * written);
      at += write_query(at, next, {.due = due + behind, .sent = now});
      next = next + 1 == queries_.size() ? 0 : next + 1;
      ++written;
      ++together;
    } while (written < count && together < options_.gso && queries_.packet(next).size() == size);
    close_message(out_messages_[messages], out_parts_[messages], together, size);
  }
  flush(messages);
}

void FloodSocket::flush(std::size_t messages) {
  for (std::size_t sent = 0; sent < messages;) {
    const int count = ::sendmmsg(socket_.get(), out_messages_.data() + sent,
                                 static_cast<unsigned>(messages - sent), 0);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      receive();
    } else if (errno != EINTR && errno != ECONNREFUSED) {  // refused: an earlier one, by ICMP
      throw std::system_error(errno, std::system_category(), "sendmmsg");
    }
  }
}

bool FloodSocket::receive() {
  const int count =
      ::recvmmsg(socket_.get(), in_messages_.data(), options_.batch, MSG_DONTWAIT, nullptr);
  if (count <= 0) return false;
  const std::uint64_t now = now_ns();
  for (unsigned i = 0; i < static_cast<unsigned>(count); ++i) {
    take(Bytes(in_.data() + i * kAnswerSize, in_messages_[i].msg_len), now);
  }
  while (tail_ < head_ && !pending(tail_).open) ++tail_;
  return true;
}

void FloodSocket::take(Bytes answer, std::uint64_t now) {
  if (answer.size() < dns::kHeaderSize || !pending(load_u16(answer.data())).open) {
    ++tally_.stray;
    return;
  }
  Pending& query = pending(load_u16(answer.data()));
  query.open = false;
  --outstanding_;
  const std::uint16_t flags = load_u16(answer.data() + dns::header::kFlags);
  ++tally_.answered;
  ++tally_.rcodes[flags & 0xf];
  tally_.truncated += (flags & dns::flag::kTc) != 0;
  tally_.octets += answer.size();
  tally_.latency.add(now - query.due);
  if (options_.verify == 0 || ++unchecked_ < options_.verify) return;
  unchecked_ = 0;
  ++tally_.checked;
  if (!as_expected(answer, query.query)) ++tally_.wrong;
}

bool FloodSocket::as_expected(Bytes answer, std::uint32_t query) const {
  const std::size_t end = queries_.question_end(query);
  const Bytes asked = queries_.packet(query).first(end).subspan(dns::kHeaderSize);
  const std::uint16_t flags = load_u16(answer.data() + dns::header::kFlags);
  const bool question_repeated =
      answer.size() >= end && load_u16(answer.data() + dns::header::kQdcount) == 1 &&
      std::memcmp(answer.data() + dns::kHeaderSize, asked.data(), asked.size()) == 0;
  if ((flags & dns::flag::kQr) == 0 || !question_repeated) return false;
  const std::int8_t rcode = queries_.rcode(query);
  if (rcode == kAnyRcode) return true;
  const bool has_answer = load_u16(answer.data() + dns::header::kAncount) != 0;
  const bool may_be_empty = rcode != 0 || (flags & dns::flag::kTc) != 0;
  return (flags & 0xf) == rcode && (has_answer || may_be_empty);
}

void FloodSocket::give_up_oldest() {
  Pending& query = pending(tail_++);
  if (!query.open) return;
  query.open = false;
  --outstanding_;
  ++tally_.lost;
}

void FloodSocket::expire(std::uint64_t before) {
  while (tail_ < head_ && (!pending(tail_).open || pending(tail_).sent < before)) give_up_oldest();
}

}  // namespace rollcall::bench
