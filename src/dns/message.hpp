/// The message header and the codes in it (RFC 1035 section 4.1.1, IANA DNS parameters).
#pragma once

#include <cstdint>
#include <string>

namespace rollcall::dns {

inline constexpr std::size_t kHeaderSize = 12;
inline constexpr std::size_t kMaxMessageSize = 65535;  // RFC 1035 4.2.2: two octets of length
inline constexpr std::size_t kLengthSize = 2;          // of the length before a message over TCP
inline constexpr std::uint16_t kPort = 53;
inline constexpr std::uint16_t kTlsPort = 853;         // RFC 7858 section 3.1
inline constexpr std::uint16_t kClassicUdpSize = 512;  // RFC 1035 section 4.2.1
inline constexpr std::uint16_t kEdnsUdpSize = 1232;    // fits an IPv6 packet of 1280 octets
inline constexpr std::uint16_t kPointerToQuestion = 0xc000 | kHeaderSize;
inline constexpr std::size_t kMaxPointerTarget = 0x3fff;  // RFC 1035 4.1.4: 14 bits of offset
inline constexpr std::size_t kPlainOptSize = 11;  // OPT without options (RFC 6891 section 6.1.2)
inline constexpr std::size_t kMaxNsidSize = 128;  // octets; in every response to a request for it

enum class Opcode : std::uint8_t { query = 0, iquery = 1, status = 2, notify = 4, update = 5 };

enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,
  yxrrset = 7,
  nxrrset = 8,
  notauth = 9,
  notzone = 10,
  badvers = 16,
  badsig = 16,
  badkey = 17,
  badtime = 18,
  badcookie = 23,
};

std::string rcode_name(Rcode rcode);

/// Where a record stands; in an update, the prerequisites (RFC 2136 section 2.4), the updates
/// (section 2.5), and the rest.
enum class Section : std::uint8_t { answer, authority, additional };

/// Bits of the second 16-bit word of the header.
namespace flag {
inline constexpr std::uint16_t kQr = 0x8000;
inline constexpr std::uint16_t kAa = 0x0400;
inline constexpr std::uint16_t kTc = 0x0200;
inline constexpr std::uint16_t kRd = 0x0100;
inline constexpr std::uint16_t kCd = 0x0010;
inline constexpr std::uint16_t kOpcodeMask = 0x7800;
inline constexpr unsigned kOpcodeShift = 11;
}  // namespace flag

/// Offsets of the header's words.
namespace header {
inline constexpr std::size_t kId = 0, kFlags = 2, kQdcount = 4, kAncount = 6, kNscount = 8,
                             kArcount = 10;
}  // namespace header

}  // namespace rollcall::dns
