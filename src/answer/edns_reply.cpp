#include "answer/edns_reply.hpp"

#include "dns/query.hpp"

namespace rollcall::answer {
namespace {

constexpr std::size_t kOptionHead = 4;  // code, length
constexpr std::size_t kExpireSize = 4;
constexpr std::size_t kZoneVersionSize = 6;
constexpr std::uint8_t kSoaSerial = 0;  // RFC 9660 section 2.1: the type of a version

void option(ByteWriter& to, dns::EdnsOption code, std::size_t size) noexcept {
  to.u16(static_cast<std::uint16_t>(code));
  to.u16(static_cast<std::uint16_t>(size));
}

}  // namespace

std::size_t EdnsReply::size() const noexcept {
  std::size_t size = dns::kPlainOptSize;
  if (!nsid.empty()) size += kOptionHead + nsid.size();
  if (!client_cookie.empty()) size += kOptionHead + kClientCookieSize + kServerCookieSize;
  if (keepalive) size += kOptionHead + 2;
  if (expire) size += kOptionHead + kExpireSize;
  if (zone_version) size += kOptionHead + kZoneVersionSize;
  if (extended_error) size += kOptionHead + 2 + extended_text.size();
  return size;
}

std::size_t EdnsReply::write(MutableBytes out, dns::Rcode rcode) const noexcept {
  ByteWriter to(out);
  to.u8(0);  // owner: the root
  to.u16(static_cast<std::uint16_t>(dns::Type::OPT));
  to.u16(dns::kEdnsUdpSize);
  to.u8(static_cast<std::uint8_t>(static_cast<std::uint16_t>(rcode) >> 4));
  to.u8(0);  // version
  to.u16(dnssec_ok ? 0x8000 : 0);
  to.u16(0);
  if (!nsid.empty()) {
    option(to, dns::EdnsOption::nsid, nsid.size());
    to.bytes(nsid);
  }
  if (!client_cookie.empty()) {
    option(to, dns::EdnsOption::cookie, kClientCookieSize + kServerCookieSize);
    to.bytes(client_cookie);
    to.bytes(server_cookie);
  }
  if (keepalive) {
    option(to, dns::EdnsOption::tcp_keepalive, 2);
    to.u16(kKeepaliveUnits);
  }
  if (expire) {
    option(to, dns::EdnsOption::expire, kExpireSize);
    to.u32(*expire);
  }
  if (zone_version) {
    option(to, dns::EdnsOption::zone_version, kZoneVersionSize);
    to.u8(zone_version->labels);
    to.u8(kSoaSerial);
    to.u32(zone_version->serial);
  }
  if (extended_error) {
    option(to, dns::EdnsOption::extended_error, 2 + extended_text.size());
    to.u16(static_cast<std::uint16_t>(*extended_error));
    to.bytes(as_bytes(extended_text));
  }
  store_u16(to.at(dns::kPlainOptSize - 2),
            static_cast<std::uint16_t>(to.position() - dns::kPlainOptSize));
  return to.position();
}

}  // namespace rollcall::answer
