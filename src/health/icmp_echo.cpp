#include "health/icmp_echo.hpp"

#include <algorithm>
#include <string_view>

namespace rollcall::health {
namespace {

constexpr std::uint8_t kEchoV4 = 8, kEchoReplyV4 = 0;      // RFC 792
constexpr std::uint8_t kEchoV6 = 128, kEchoReplyV6 = 129;  // RFC 4443
constexpr std::size_t kIcmpHeader = 8;                     // type, code, checksum, id, sequence
constexpr std::size_t kNonceSize = 8;
constexpr std::string_view kFiller = "rollcall";

/// RFC 1071.
std::uint16_t checksum(Bytes octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); i += 2) {
    sum += static_cast<std::uint32_t>(octets[i]) << 8;
    if (i + 1 < octets.size()) sum += octets[i + 1];
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::uint8_t nonce_octet(std::uint64_t nonce, std::size_t index) {
  return static_cast<std::uint8_t>(nonce >> (8 * index));
}

}  // namespace

std::vector<std::uint8_t> echo_request(IpFamily family, std::uint16_t id, std::uint64_t nonce) {
  const std::uint8_t type = family == IpFamily::v4 ? kEchoV4 : kEchoV6;
  std::vector<std::uint8_t> packet{
      type, 0, 0, 0, static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id), 0, 1};
  for (std::size_t i = 0; i < kNonceSize; ++i) packet.push_back(nonce_octet(nonce, i));
  packet.insert(packet.end(), kFiller.begin(), kFiller.end());
  if (family == IpFamily::v4) {
    const std::uint16_t sum = checksum(packet);
    packet[2] = static_cast<std::uint8_t>(sum >> 8);
    packet[3] = static_cast<std::uint8_t>(sum);
  }
  return packet;
}

bool is_echo_reply(IpFamily family, Bytes packet, bool with_ip_header, std::uint64_t nonce) {
  if (with_ip_header) {
    if (packet.empty()) return false;
    const std::size_t header = (packet[0] & 0x0fU) * 4UL;  // RFC 791 section 3.1: IHL, in words
    if (packet.size() < header) return false;
    packet = packet.subspan(header);
  }
  const std::uint8_t type = family == IpFamily::v4 ? kEchoReplyV4 : kEchoReplyV6;
  if (packet.size() < kIcmpHeader + kNonceSize || packet[0] != type || packet[1] != 0) return false;
  for (std::size_t i = 0; i < kNonceSize; ++i) {
    if (packet[kIcmpHeader + i] != nonce_octet(nonce, i)) return false;
  }
  return true;
}

}  // namespace rollcall::health
