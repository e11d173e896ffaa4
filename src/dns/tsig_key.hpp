/// A shared secret for transaction signatures (RFC 8945).
#pragma once

#include <cstdint>
#include <vector>

#include "dns/name.hpp"

namespace rollcall::dns {

/// RFC 8945 section 6. Those after hmac_sha512 are weak: only for peers that support no other.
enum class TsigAlgorithm : std::uint8_t {
  hmac_sha256,
  hmac_sha384,
  hmac_sha512,
  hmac_sha224,
  hmac_sha1,
  hmac_md5,
};

struct TsigKey {
  Name name;
  TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256;
  std::vector<std::uint8_t> secret;
};

}  // namespace rollcall::dns
