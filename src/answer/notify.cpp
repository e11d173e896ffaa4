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

  std::uint8_t rdata[kMaxSoaSize];
  const std::size_t size = write_soa_rdata(rdata, zone, dns::kHeaderSize, serial);
  to.u16(dns::kPointerToQuestion);
  to.u16(static_cast<std::uint16_t>(dns::Type::SOA));
  to.u16(static_cast<std::uint16_t>(dns::Class::IN));
  to.u32(zone.soa().ttl);
  to.u16(static_cast<std::uint16_t>(size));
  to.bytes(Bytes(rdata, size));
  return to.position();
}

bool answers_notify(Bytes packet, std::uint16_t id) {
  if (packet.size() < dns::kHeaderSize || load_u16(packet.data()) != id) return false;
  const std::uint16_t flags = load_u16(packet.data() + dns::header::kFlags);
  return (flags & dns::flag::kQr) != 0 &&
         (flags & dns::flag::kOpcodeMask) == (kNotifyFlags & dns::flag::kOpcodeMask);
}

}  // namespace rollcall::answer
