/// A shared secret for transaction signatures (RFC 8945).
#pragma once

#include <cstdint>
#include <vector>

#include "dns/name.hpp"

namespace rollcall::dns {

enum class TsigAlgorithm : std::uint8_t { hmac_sha256, hmac_sha384, hmac_sha512 };

struct TsigKey {
  Name name;
  TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256;
  std::vector<std::uint8_t> secret;
};

}  // namespace rollcall::dns
