#include "answer/soa_query.hpp"

#include <gtest/gtest.h>

#include "dns/message.hpp"

namespace rollcall::answer {
namespace {

const dns::Name kOrigin = *dns::Name::parse("example.com");
constexpr std::uint16_t kId = 0x1234;

/// As a secondary would answer: the question again, and a SOA whose names are compressed.
std::vector<std::uint8_t> reply(std::uint16_t flags = dns::flag::kQr | dns::flag::kAa) {
  std::vector<std::uint8_t> packet = write_soa_query(kOrigin, kId);
  packet[2] = static_cast<std::uint8_t>(flags >> 8);
  packet[3] = static_cast<std::uint8_t>(flags);
  packet[7] = 1;  // ANCOUNT
  for (const int octet :
       {0xc0, 12,   0,    6,    0, 1, 0, 0, 0, 60, 0, 24, 0xc0, 12, 0xc0, 12,  //
        0x78, 0xc1, 0x5b, 0x3b, 0, 0, 0, 1, 0, 0,  0, 2,  0,    0,  0,    3,  0, 0, 0, 4}) {
    packet.push_back(static_cast<std::uint8_t>(octet));
  }
  return packet;
}

TEST(SoaQuery, IsOneQuestion) {
  const std::vector<std::uint8_t> packet = write_soa_query(kOrigin, kId);
  EXPECT_EQ(packet.size(), dns::kHeaderSize + kOrigin.wire().size() + 4);
  EXPECT_EQ(packet[5], 1);
  EXPECT_EQ(packet[packet.size() - 3], 6) << "SOA";
}

TEST(SoaQuery, TheSerialIsRead) {
  EXPECT_EQ(read_soa_serial(kOrigin, kId, reply()), 0x78c15b3bU);
}

TEST(SoaQuery, WhatIsNoAnswerToItSaysNothing) {
  EXPECT_FALSE(read_soa_serial(kOrigin, kId + 1, reply()));
  EXPECT_FALSE(read_soa_serial(*dns::Name::parse("example.org"), kId, reply()));
  EXPECT_FALSE(read_soa_serial(kOrigin, kId, reply(dns::flag::kAa))) << "a query";
  EXPECT_FALSE(read_soa_serial(kOrigin, kId, reply(dns::flag::kQr))) << "from a cache";
  EXPECT_FALSE(read_soa_serial(kOrigin, kId, reply(dns::flag::kQr | dns::flag::kAa | 5)));
  EXPECT_FALSE(read_soa_serial(kOrigin, kId, write_soa_query(kOrigin, kId)));
}

TEST(SoaQuery, EveryCutIsNoticed) {
  const std::vector<std::uint8_t> whole = reply();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_soa_serial(kOrigin, kId, Bytes(whole).first(size))) << size;
  }
}

}  // namespace
}  // namespace rollcall::answer
