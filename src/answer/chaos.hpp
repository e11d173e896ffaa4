/// What a server says of itself in class CHAOS: version.bind, version.server, id.server and
/// hostname.bind (RFC 4892).
#pragma once

#include <string>

#include "answer/response_writer.hpp"

namespace rollcall::answer {

struct ChaosNames {
  std::string version;   // of version.bind and version.server; empty: refused
  std::string identity;  // of id.server and hostname.bind; empty: refused

  bool operator==(const ChaosNames&) const = default;
};

/// @return NOERROR with a TXT record, or REFUSED for every other name and for what is turned off
dns::Rcode answer_chaos(const dns::Query& query, const ChaosNames& names,
                        ResponseWriter& out) noexcept;

}  // namespace rollcall::answer
