/// A request on its way to its answer.
#pragma once

#include <optional>

#include "core/bytes.hpp"
#include "dns/query.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

/// A request that Responder::read() has read. The packet and the catalog must outlive it. It is
/// filled in place, as dns::Query is.
struct Request {
  Bytes packet;
  dns::Query query;
  std::optional<dns::QueryError> error;
  const zone::CatalogEntry* entry;  // that find_zone() gives; null: none, or no question
  const zone::NodeHeader* node;     // zone::Zone::guess() of the question's name in it
};

}  // namespace rollcall::answer
