/// A request as an authoritative server reads it: header, one question, EDNS, and the place of a
/// TSIG record.
///
/// EDNS options that are not named here are skipped (RFC 6891 section 6.1.2).
#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "dns/message.hpp"
#include "dns/query_name.hpp"
#include "dns/record_type.hpp"

namespace rollcall::dns {

/// The EDNS option codes that the server supports.
enum class EdnsOption : std::uint16_t {
  nsid = 3,             // RFC 5001
  expire = 9,           // RFC 7314
  cookie = 10,          // RFC 7873
  tcp_keepalive = 11,   // RFC 7828
  extended_error = 15,  // RFC 8914
  zone_version = 19,    // RFC 9660
};

/// The OPT record of a request (RFC 6891 section 6.1).
struct Edns {
  bool present = false;
  std::uint8_t version = 0;
  bool dnssec_ok = false;      // RFC 3225
  std::uint16_t udp_size = 0;  // octets, as the client sent it
  bool nsid = false;           // asks for the server's identifier
  bool keepalive = false;      // asks how long a TCP session may be idle
  bool expire = false;         // asks how long the zone may be served without its primary
  bool zone_version = false;   // asks for the serial of the zone
  Bytes cookie;                // client cookie, and server cookie if present; in the packet

  /// Whether the request has options that the response must answer.
  bool has_options() const noexcept {
    return present && (nsid || keepalive || expire || zone_version || !cookie.empty());
  }
};

/// What is wrong with a request, and how the server replies.
enum class QueryError : std::uint8_t {
  silence,  // not a request: too short for a header, or a response. Answering could loop.
  formerr,  // RFC 1035 4.1.1: "unable to interpret the query"
  notimp,   // an unsupported opcode
  badvers,  // RFC 6891 section 6.1.3
  notify,   // no query, but a whole NOTIFY (RFC 1996): answered by answer/notify_request.hpp
};

struct Query {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;  // as received
  Type type{};
  Class qclass{};
  Edns edns;
  std::uint16_t question_size = 0;  // octets from kHeaderSize: QNAME, QTYPE, QCLASS
  std::optional<std::size_t> tsig;  // offset of a TSIG record, the last of the message
  QueryName name;

  bool recursion_desired() const noexcept { return (flags & flag::kRd) != 0; }
};

/// Reads a request in place.
/// @param query is filled as far as the packet could be read: id and flags unless the error is
///        silence; the question where question_size is not 0. A request without an error has a
///        question, unless it asks only for a cookie (RFC 7873 section 5.4).
/// @see RFC 1035 section 4.1, RFC 6891 section 6.1, RFC 9619 (one question), RFC 8945 section 5.1
std::optional<QueryError> read_query(Bytes packet, Query& query);

/// Reads an UPDATE (RFC 2136) as read_query() reads a query: its zone section is the question.
/// @return formerr where it has not one zone, or is malformed
std::optional<QueryError> read_update_header(Bytes packet, Query& query);

/// The serial of the SOA in the authority section: the version that the sender of an IXFR request
/// has (RFC 1995 section 3).
/// @param query of that packet, read without an error
/// @return nothing where there is no SOA
std::optional<std::uint32_t> read_client_serial(Bytes packet, const Query& query);

}  // namespace rollcall::dns
