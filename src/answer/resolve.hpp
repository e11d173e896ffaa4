/// RFC 1034 section 4.3.2, the part after "search the available zones": answer, authority and
/// additional sections for one question, following CNAME and DNAME through the zones served here.
#pragma once

#include <optional>

#include "answer/response_writer.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

inline constexpr unsigned kMaxChain = 8;  // CNAMEs and DNAMEs followed in one answer

/// How ANY is answered: by one HINFO (RFC 8482 section 4.2), or by everything at the name.
enum class AnyAnswer : std::uint8_t { hinfo, all };

struct Resolution {
  dns::Rcode rcode = dns::Rcode::noerror;
  std::uint16_t flags = 0;  // AA and TC
  std::optional<ExtendedError> extended_error = std::nullopt;
};

/// The zone that answers for this name and type; null where none is served. RFC 4035 section
/// 3.1.4.1: the DS RRset at a delegation belongs to the parent's side of the cut, so it is looked
/// up in the parent zone where both are served here.
const zone::CatalogEntry* find_zone(const zone::Catalog& catalog, const dns::QueryName& name,
                                    dns::Type type) noexcept;

/// @param zone of the question
/// @param query stays as it is; the names of a chain are this search's own
Resolution resolve(const zone::Catalog& catalog, const zone::Zone& zone, const dns::Query& query,
                   AnyAnswer any, ResponseWriter& out) noexcept;

}  // namespace rollcall::answer
