/// The server's names in class CHAOS: version.bind, version.server, id.server and hostname.bind
/// (RFC 4892).
#pragma once

#include <string>

#include "answer/response_writer.hpp"

namespace rollcall::answer {

struct ChaosNames {
  std::string version;   // for version.bind and version.server; empty: refused
  std::string identity;  // for id.server and hostname.bind; empty: refused

  bool operator==(const ChaosNames&) const = default;
};

/// @return NOERROR with a TXT record, or REFUSED for every other name and for empty texts
dns::Rcode answer_chaos(const dns::Query& query, const ChaosNames& names,
                        ResponseWriter& out) noexcept;

}  // namespace rollcall::answer
