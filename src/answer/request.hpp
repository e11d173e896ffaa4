/// A request that is being answered.
#pragma once

#include <optional>

#include "core/bytes.hpp"
#include "dns/query.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

/// A request as Responder::read() fills it, in place like dns::Query. The packet and the catalog
/// must outlive it.
struct Request {
  Bytes packet;
  dns::Query query;
  std::optional<dns::QueryError> error;
  const zone::CatalogEntry* entry;  // from find_zone(); null: no zone, or no question
  const zone::NodeHeader* node;     // zone::Zone::guess() of the question's name in it
};

}  // namespace rollcall::answer
