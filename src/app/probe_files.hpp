/// What checks need of this host: files, programs, sockets.
#pragma once

#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "server/certificates.hpp"

namespace rollcall::app {

/// What server.user cannot read or run of the files and programs that checks name, once a check:
/// errors for files of issuers, warnings for the others, which may come. Warnings of witnesses that
/// cannot be probed from this host (Reach).
Diagnostics check_probe_files(const config::Options& options);

/// Reads the issuers that checks with TLS trust: errors where a file is damaged, or is not there.
Diagnostics read_authorities(const config::Options& options, server::TlsContexts& contexts);

}  // namespace rollcall::app
