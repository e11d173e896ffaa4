/// A query as a client sends it.
#pragma once

#include <cstdint>
#include <vector>

#include "dns/name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::bench {

enum class QueryEdns : std::uint8_t {
  none,
  dnssec_ok,  // an OPT with DO and a size of 1232: what resolvers send
  cookie,     // and a client cookie (RFC 7873)
};

/// Its ID and flags are zero.
std::vector<std::uint8_t> make_query(const dns::Name& name, dns::Type type, QueryEdns edns);

}  // namespace rollcall::bench
