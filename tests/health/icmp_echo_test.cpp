#include "health/icmp_echo.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

using Packet = std::vector<std::uint8_t>;
constexpr std::uint64_t kNonce = 0x1122334455667788;

/// The reply of a host to a request.
Packet reply_to(const Packet& request, std::uint8_t type) {
  Packet reply = request;
  reply[0] = type;
  return reply;
}

Packet with_ip_header(const Packet& packet, std::uint8_t words) {
  Packet whole(words * 4UL);
  whole[0] = static_cast<std::uint8_t>(0x40 | words);
  whole.insert(whole.end(), packet.begin(), packet.end());
  return whole;
}

TEST(IcmpEcho, RequestOfIpv4HasAChecksumThatAddsUp) {
  const Packet packet = echo_request(IpFamily::v4, 0xabcd, kNonce);
  EXPECT_EQ(packet[0], 8);
  EXPECT_EQ(packet[1], 0);
  EXPECT_EQ(packet[4] << 8 | packet[5], 0xabcd);
  std::uint32_t sum = 0;  // RFC 1071: over all octets, the checksum too, it is all ones
  for (std::size_t i = 0; i < packet.size(); i += 2) sum += packet[i] << 8 | packet[i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  EXPECT_EQ(sum, 0xffffU);
}

TEST(IcmpEcho, RequestOfIpv6LeavesTheChecksumToTheKernel) {
  const Packet packet = echo_request(IpFamily::v6, 1, kNonce);
  EXPECT_EQ(packet[0], 128);
  EXPECT_EQ(packet[2] << 8 | packet[3], 0);
}

TEST(IcmpEcho, RepliesAreKnownByTheirNonce) {
  const Packet v4 = echo_request(IpFamily::v4, 1, kNonce);
  const Packet v6 = echo_request(IpFamily::v6, 1, kNonce);
  EXPECT_TRUE(is_echo_reply(IpFamily::v4, reply_to(v4, 0), false, kNonce));
  EXPECT_TRUE(is_echo_reply(IpFamily::v6, reply_to(v6, 129), false, kNonce));
  EXPECT_FALSE(is_echo_reply(IpFamily::v4, reply_to(v4, 0), false, kNonce + 1));
  EXPECT_FALSE(is_echo_reply(IpFamily::v4, v4, false, kNonce));               // our own request
  EXPECT_FALSE(is_echo_reply(IpFamily::v4, reply_to(v4, 3), false, kNonce));  // unreachable
  EXPECT_FALSE(is_echo_reply(IpFamily::v6, reply_to(v6, 0), false, kNonce));
}

TEST(IcmpEcho, RawSocketsOfIpv4HaveTheIpHeader) {
  const Packet reply = reply_to(echo_request(IpFamily::v4, 1, kNonce), 0);
  EXPECT_TRUE(is_echo_reply(IpFamily::v4, with_ip_header(reply, 5), true, kNonce));
  EXPECT_TRUE(is_echo_reply(IpFamily::v4, with_ip_header(reply, 15), true, kNonce));
  EXPECT_FALSE(is_echo_reply(IpFamily::v4, with_ip_header(reply, 5), false, kNonce));
}

TEST(IcmpEcho, WhatIsCutOffIsNoReply) {
  const Packet reply = with_ip_header(reply_to(echo_request(IpFamily::v4, 1, kNonce), 0), 5);
  for (std::size_t size = 0; size < 5 * 4 + 16; ++size) {
    EXPECT_FALSE(is_echo_reply(IpFamily::v4, Bytes(reply).first(size), true, kNonce)) << size;
  }
}

}  // namespace
}  // namespace rollcall::health
