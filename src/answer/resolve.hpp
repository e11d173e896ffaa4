/// RFC 1034 section 4.3.2, the part behind "search the available zones": answer, authority and
/// additional sections for one question, following CNAME and DNAME through the zones served here.
#pragma once

#include "answer/response_writer.hpp"
#include "zone/catalog.hpp"

namespace rollcall::answer {

inline constexpr unsigned kMaxChain = 8;  // CNAMEs and DNAMEs followed in one answer

struct Resolution {
  dns::Rcode rcode = dns::Rcode::noerror;
  std::uint16_t flags = 0;  // AA and TC
};

/// @param entry the zone of the question, with a zone object
/// @param query its name is used up: a chain overwrites it
Resolution resolve(const zone::Catalog& catalog, const zone::CatalogEntry& entry,
                   dns::Query& query, ResponseWriter& out) noexcept;

}  // namespace rollcall::answer
