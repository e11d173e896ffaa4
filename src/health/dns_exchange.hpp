/// The question of a dns check and what its reply says. Pure: no socket is touched here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "health/check.hpp"

namespace rollcall::health {

/// A query with RD and, where it is wanted, EDNS (a UDP size of kEdnsUdpSize).
/// @param check as the configuration made it: its name is one
std::vector<std::uint8_t> write_question(const DnsCheck& check, std::uint16_t id, bool edns = true);

/// True for FORMERR where something else is wanted: a server of before EDNS (RFC 6891 section 7),
/// which is to be asked without.
/// @param reply one that judge_reply has judged
bool refuses_edns(const DnsCheck& check, Bytes reply);

/// Judges one packet. A reply that is truncated is judged by what it holds; its code is the whole
/// one, with what OPT says of it (RFC 6891 section 6.1.3).
/// @return nothing where it is no reply to that question: stray packets are not the member's word
std::optional<Result<void>> judge_reply(const DnsCheck& check, std::uint16_t id, Bytes packet);

/// @param reply one that judge_reply has judged
bool is_truncated(Bytes reply);

/// True where an expression matches the text of a record, or where a text stands in it without a
/// letter or digit before or behind it, in either case: "192.0.2.1" is not in "192.0.2.10".
bool is_in_record(std::string_view text, const TextPattern& wanted);

}  // namespace rollcall::health
