#include "query_packet.hpp"

#include "core/bytes.hpp"
#include "dns/message.hpp"

namespace rollcall::bench {
namespace {

constexpr std::uint16_t kDnssecOk = 0x8000;  // RFC 3225 section 3
constexpr std::uint16_t kCookieOption = 10;  // RFC 7873 section 4
constexpr std::uint64_t kClientCookie = 0x0123456789abcdef;

}  // namespace

std::vector<std::uint8_t> make_query(const dns::Name& name, dns::Type type, QueryEdns edns) {
  std::vector<std::uint8_t> packet(dns::kClassicUdpSize);
  ByteWriter out(packet);
  out.u32(0);  // ID, flags
  out.u16(1);
  out.u32(0);
  out.u16(edns == QueryEdns::none ? 0 : 1);
  out.bytes(name.wire());
  out.u16(static_cast<std::uint16_t>(type));
  out.u16(static_cast<std::uint16_t>(dns::Class::IN));
  if (edns != QueryEdns::none) {
    out.u8(0);
    out.u16(static_cast<std::uint16_t>(dns::Type::OPT));
    out.u16(dns::kEdnsUdpSize);
    out.u32(kDnssecOk);
    out.u16(edns == QueryEdns::cookie ? 4 + sizeof kClientCookie : 0);
  }
  if (edns == QueryEdns::cookie) {
    out.u16(kCookieOption);
    out.u16(sizeof kClientCookie);
    out.u32(kClientCookie >> 32);
    out.u32(kClientCookie & 0xffffffff);
  }
  packet.resize(out.position());
  return packet;
}

}  // namespace rollcall::bench
