/// The answer that nearly every request gets: the RRset that it asks for, at the very name that it
/// asks about. The shortest way there; what it writes is to the octet what the way by resolve()
/// writes.
#pragma once

#include <cstddef>

#include "answer/request.hpp"
#include "core/bytes.hpp"
#include "core/random.hpp"
#include "zone/zone.hpp"

namespace rollcall::answer {

/// A request that says nothing but its question, and in an OPT record without options how it wants
/// the answer; unsigned.
struct PlainRequest {
  Bytes packet;
  std::size_t question_end = 0;  // octets of header and question
  std::size_t limit = 0;         // octets that the response may have
  bool has_opt = false;
  bool dnssec_ok = false;
};

/// An RRset that answers a question alone, and its zone.
struct PlainAnswer {
  const zone::Zone* zone = nullptr;
  const zone::RrsetHeader* rrset = nullptr;  // null: the question wants the long way

  explicit operator bool() const noexcept { return rrset != nullptr; }
};

/// @param request without an error and unsigned
/// @return nothing where the long way has to be gone: no such name or type, an alias, a wildcard, a
///         delegation, additional addresses, a SOA, EDNS options
PlainAnswer find_plain_answer(const Request& request) noexcept;

/// @param out at least `request.limit` octets
/// @return octets of the response; 0 where it does not fit or no record is live: the long way has
/// to
///         be gone, and what is in `out` counts for nothing
std::size_t write_plain_answer(const PlainRequest& request, PlainAnswer answer, MutableBytes out,
                               Random& random) noexcept;

}  // namespace rollcall::answer
