/// A server of example.com with one TSIG key, and requests that are signed with it.
#pragma once

#include "rfc/conversation.hpp"

namespace rollcall::rfc {

/// "key.example" with the secret 00 01 02 ... 1f.
inline dns::TsigKey sample_key() {
  dns::TsigKey key{name_of("key.example"), dns::TsigAlgorithm::hmac_sha256, Octets(32)};
  for (std::uint8_t i = 0; i < 32; ++i) key.secret[i] = i;
  return key;
}

inline Server signed_server(const dns::TsigKey& key = sample_key()) {
  return server_of({{"example.com", std::string(kApex)}}, {}, {key});
}

/// A question for the SOA of example.com, with a TSIG of `key` at the time `at`.
inline Octets signed_request(const dns::TsigKey& key = sample_key(), WallTime at = kNow) {
  Octets request =
      make_query({.name = "example.com", .type = Type::SOA, .edns_size = std::nullopt, .flags = 0});
  const std::size_t size = request.size();
  request.resize(size + dns::kMaxTsigSize);
  request.resize(dns::sign_request(key, request, size, at));
  return request;
}

/// What stands behind the MAC of a TSIG at the end of `message`: original ID, ERROR, and how much
/// other data, all in hexadecimal digits. Only where that data is empty.
inline std::string tsig_tail(const Octets& message) {
  return hex(Bytes(message).last(6));
}

}  // namespace rollcall::rfc
