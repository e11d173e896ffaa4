/// The OPT record of a response and the options in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "answer/cookie.hpp"
#include "core/bytes.hpp"
#include "dns/message.hpp"

namespace rollcall::answer {

/// The INFO-CODEs of extended errors (RFC 8914 section 4) that the server sends.
enum class ExtendedError : std::uint16_t {
  other = 0,
  not_ready = 14,
  prohibited = 18,
  not_authoritative = 20,
  invalid_data = 24,
};

inline constexpr std::uint16_t kKeepaliveUnits = 100;  // in 100 ms: the idle limit of TCP sessions

/// RFC 9660 section 3: a version of the type SOA-SERIAL.
struct ZoneVersion {
  std::uint8_t labels = 0;  // of the zone's origin
  std::uint32_t serial = 0;
};

struct EdnsReply {
  bool dnssec_ok = false;  // RFC 3225 section 3: copied from the query
  Bytes nsid;              // RFC 5001; empty: not requested
  Bytes client_cookie;     // RFC 7873; empty: none received
  ServerCookie server_cookie{};
  bool keepalive = false;                        // RFC 7828
  std::optional<std::uint32_t> expire = {};      // seconds; RFC 7314
  std::optional<ZoneVersion> zone_version = {};  // RFC 9660
  std::optional<ExtendedError> extended_error = {};
  std::string_view extended_text = {};  // EXTRA-TEXT, for people

  /// Octets of the record.
  std::size_t size() const noexcept;

  /// @param out at least size() octets
  /// @param rcode its upper eight bits go into the OPT (RFC 6891 section 6.1.3)
  /// @return octets written
  std::size_t write(MutableBytes out, dns::Rcode rcode) const noexcept;
};

}  // namespace rollcall::answer
