/// The file of a TSIG secret: a line of base64, or a key statement of BIND, as tsig-keygen writes
/// it and named.conf includes it.
#pragma once

#include <string_view>

#include "config/options.hpp"
#include "core/result.hpp"
#include "dns/tsig_key.hpp"

namespace rollcall::setup {

/// @param text the file's content; no message repeats the secret in it
/// @param options the key's name and, where the configuration has one, its algorithm: a key
///        statement must agree with both
Result<dns::TsigKey> parse_tsig_key(std::string_view text, const config::KeyOptions& options);

}  // namespace rollcall::setup
