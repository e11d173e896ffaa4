/// The NOTIFY request that announces a new serial to a secondary (RFC 1996).
#pragma once

#include <cstdint>

#include "core/bytes.hpp"
#include "zone/zone.hpp"

namespace rollcall::answer {

inline constexpr std::size_t kMaxNotifySize = 12 + 255 + 4 + 12 + 2 * 255 + 20;  // octets

/// Writes a request with the new SOA in the answer section (RFC 1996 section 3.7).
/// @param out at least kMaxNotifySize octets
std::size_t write_notify(const zone::Zone& zone, std::uint32_t serial, std::uint16_t id,
                         MutableBytes out);

/// True where `packet` is the response to the NOTIFY with this id (RFC 1996 section 3.6: any
/// response ends the retries).
bool answers_notify(Bytes packet, std::uint16_t id);

}  // namespace rollcall::answer
