/// The question for a zone's SOA, and the serial in its reply. Pure: no socket is touched here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/bytes.hpp"
#include "dns/name.hpp"

namespace rollcall::answer {

std::vector<std::uint8_t> write_soa_query(const dns::Name& origin, std::uint16_t id);

/// @return nothing where the packet is no authoritative reply with the SOA of `origin`
std::optional<std::uint32_t> read_soa_serial(const dns::Name& origin, std::uint16_t id,
                                             Bytes packet);

}  // namespace rollcall::answer
