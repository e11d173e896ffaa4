/// Reads the secrets from the files that the configuration names.
#pragma once

#include <vector>

#include "answer/cookie.hpp"
#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "core/instant.hpp"
#include "core/result.hpp"
#include "dns/tsig_key.hpp"
#include "files/file_reader.hpp"
#include "transport/tls_context.hpp"

namespace rollcall::setup {

/// Reads a TSIG secret from its file (app/tsig_key_file.hpp).
Result<dns::TsigKey> read_tsig_key(const config::KeyOptions& options, const files::ReadText& read);

/// The secret of server cookies: the file's 32 hex digits.
Result<answer::CookieSecret> read_cookie_secret(const std::string& path,
                                                const files::ReadText& read);

/// The errors and warnings about the key files, at their place in the configuration where known.
Diagnostics check_key_files(const config::Options& options, const files::ReadText& read);

/// A certificate that ends sooner is warned of.
inline constexpr Duration kCertificateWarning = std::chrono::hours(24 * 14);

/// @param now to tell how long the certificate is still good
/// @param context filled where all files are good
/// @return errors of missing and damaged files; warnings of a key that others can read, and of a
///         certificate near its end
Diagnostics read_server_tls(const config::TlsServerOptions& options, const files::ReadText& read,
                            WallTime now, transport::TlsContextPtr& context);

}  // namespace rollcall::setup
