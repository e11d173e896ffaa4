/// Dynamic updates (RFC 2136), from the message to the edit that it asks for. Pure: who may update
/// what, the serial, the journal and the reply belong to others.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "dns/message_reader.hpp"
#include "edit/zone_edit.hpp"
#include "zone/zone.hpp"

namespace rollcall::transfer {

enum class PrerequisiteKind : std::uint8_t {
  name_in_use,
  name_not_in_use,
  rrset_exists,  // whatever its records
  rrset_does_not_exist,
  rrset_is,  // one record of the whole RRset, which must be exactly those named
};

/// RFC 2136 section 2.4.
struct Prerequisite {
  PrerequisiteKind kind{};
  dns::Name owner;
  dns::Type type{};                 // ANY for those of names
  std::vector<std::uint8_t> rdata;  // of rrset_is
};

enum class UpdateKind : std::uint8_t { add, delete_rrset, delete_name, delete_record };

/// RFC 2136 section 2.5.
struct UpdateStep {
  UpdateKind kind{};
  edit::EditRecord record;  // without what its kind has no use for
};

struct UpdateRequest {
  dns::Name zone;
  std::vector<Prerequisite> prerequisites;
  std::vector<UpdateStep> steps;
};

/// Reads a message of opcode UPDATE (sections 3.1, 3.2 and 3.4.1).
/// @param message with a whole header; OPT and TSIG in it are passed over
/// @return FORMERR, or NOTZONE for a name that is not at or below the zone's
Result<UpdateRequest, dns::Rcode> read_update(Bytes message);

/// Section 3.2.5.
/// @param zone the one that is named
/// @return the RCODE of the first prerequisite that does not hold; nothing: all hold
std::optional<dns::Rcode> broken_prerequisite(const UpdateRequest& request, const zone::Zone& zone);

/// Works out the edit (section 3.4.2), whatever the prerequisites. Steps that the RFC passes over
/// in silence are left out of it.
/// @param zone the one that is named
edit::ZoneEdit solve_update(const UpdateRequest& request, const zone::Zone& zone);

}  // namespace rollcall::transfer
