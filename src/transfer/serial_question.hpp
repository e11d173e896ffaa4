/// The question of a secondary for a primary's serial (RFC 1034 section 4.3.5), and the answer.
/// Pure: no socket is touched here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/bytes.hpp"
#include "core/instant.hpp"
#include "core/result.hpp"
#include "dns/name.hpp"
#include "dns/tsig.hpp"

namespace rollcall::transfer {

/// A SOA query with an EXPIRE option (RFC 7314), without TSIG and without a length before it.
std::vector<std::uint8_t> write_serial_question(const dns::Name& zone, std::uint16_t id);

struct SerialAnswer {
  std::uint32_t serial = 0;
  std::optional<std::uint32_t> expire = {};  // seconds that the primary has left (RFC 7314)
  bool truncated = false;                    // then there is no serial: TCP has it
};

/// True where the packet may be the answer: others over UDP are passed over.
bool answers_question(Bytes packet, const dns::Name& zone, std::uint16_t id);

/// @param packet of which answers_question() holds
/// @param verifier of the signed question; nothing: it was not signed
/// @return an error where it is no authoritative answer with the zone's SOA
Result<SerialAnswer> read_serial_answer(Bytes packet, const dns::Name& zone,
                                        std::optional<dns::TsigVerifier> verifier, WallTime now);

}  // namespace rollcall::transfer
