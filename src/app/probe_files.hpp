/// What checks need of this host: files, programs, sockets.
#pragma once

#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "server/certificates.hpp"
#include "server/file_reader.hpp"

namespace rollcall::app {

/// What server.user cannot read or run of the files and programs that checks name, once a check:
/// errors for files of issuers, warnings for the others, which may come. Warnings of witnesses that
/// cannot be probed from this host (Reach).
Diagnostics check_probe_files(const config::Options& options, const server::ReadText& read);

/// Reads the issuers that checks with TLS trust: errors where a file is damaged, or is not there.
Diagnostics read_authorities(const config::Options& options, const server::ReadText& read,
                             server::TlsContexts& contexts);

}  // namespace rollcall::app
