#include "answer/notify.hpp"

#include "answer/response_writer.hpp"
#include "dns/message.hpp"

namespace rollcall::answer {
namespace {

constexpr std::uint16_t kNotifyFlags =
    static_cast<std::uint16_t>(dns::Opcode::notify) << dns::flag::kOpcodeShift | dns::flag::kAa;

}  // namespace

std::size_t write_notify(const zone::Zone& zone, std::uint32_t serial, std::uint16_t id,
                         MutableBytes out) {
  ByteWriter to(out);
  to.u16(id);
  to.u16(kNotifyFlags);
  to.u16(1);  // QDCOUNT
  to.u16(1);  // ANCOUNT
  to.u32(0);  // NSCOUNT, ARCOUNT
  to.bytes(zone.origin().wire());
  to.u16(static_cast<std::uint16_t>(dns::Type::SOA));
  to.u16(static_cast<std::uint16_t>(dns::Class::IN));

  const zone::SoaFields& soa = zone.soa();
  std::uint8_t names[2 * dns::kMaxNameSize];
  std::size_t size = write_name(names, soa.mname, zone.origin(), dns::kHeaderSize);
  size += write_name(names + size, soa.rname, zone.origin(), dns::kHeaderSize);
  to.u16(dns::kPointerToQuestion);
  to.u16(static_cast<std::uint16_t>(dns::Type::SOA));
  to.u16(static_cast<std::uint16_t>(dns::Class::IN));
  to.u32(soa.ttl);
  to.u16(static_cast<std::uint16_t>(size + 20));
  to.bytes(Bytes(names, size));
  for (const std::uint32_t value : {serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) {
    to.u32(value);
  }
  return to.position();
}

bool answers_notify(Bytes packet, std::uint16_t id) {
  if (packet.size() < dns::kHeaderSize || load_u16(packet.data()) != id) return false;
  const std::uint16_t flags = load_u16(packet.data() + dns::header::kFlags);
  return (flags & dns::flag::kQr) != 0 &&
         (flags & dns::flag::kOpcodeMask) == (kNotifyFlags & dns::flag::kOpcodeMask);
}

}  // namespace rollcall::answer
