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
  // Guesses, which an answer has to confirm; null: there is none, or no question.
  const zone::CatalogEntry* entry;  // zone::Catalog::guess() of the question's name
  const zone::NodeHeader* node;     // zone::Zone::guess() of it
};

}  // namespace rollcall::answer
