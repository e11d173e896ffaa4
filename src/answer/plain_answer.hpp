/// The answer to nearly every request: the RRset of the queried type at the queried name, found by
/// the shortest path. The response has the same octets as the one by resolve().
#pragma once

#include <cstddef>

#include "answer/request.hpp"
#include "core/bytes.hpp"
#include "core/random.hpp"
#include "zone/zone.hpp"

namespace rollcall::answer {

/// An unsigned request with nothing but its question, and perhaps an OPT record without options.
struct PlainRequest {
  Bytes packet;
  std::size_t question_end = 0;  // octets of header and question
  std::size_t limit = 0;         // of the response, in octets
  bool has_opt = false;
  bool dnssec_ok = false;
};

/// An RRset that is the whole answer to a question, and its zone.
struct PlainAnswer {
  const zone::Zone* zone = nullptr;
  const zone::RrsetHeader* rrset = nullptr;  // null: the question needs resolve()

  explicit operator bool() const noexcept { return rrset != nullptr; }
};

/// @param request without an error and unsigned
/// @return nothing where resolve() is needed: no such name or type, an alias, a wildcard, a
///         delegation, additional addresses, a SOA, EDNS options
PlainAnswer find_plain_answer(const Request& request) noexcept;

/// @param out at least `request.limit` octets
/// @return the size of the response; 0 where it does not fit or no record is live: resolve() is
///         needed, and the content of `out` is meaningless
std::size_t write_plain_answer(const PlainRequest& request, PlainAnswer answer, MutableBytes out,
                               Random& random) noexcept;

}  // namespace rollcall::answer
