/// The files, programs and sockets that checks need on this host.
#pragma once

#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "files/file_reader.hpp"
#include "probe/certificates.hpp"

namespace rollcall::setup {

/// Files and programs of checks that server.user cannot read or run, reported once a check: errors
/// for files of issuers, warnings for the others, which may appear later. Also warnings about
/// witnesses that cannot be probed from this host (Reach).
Diagnostics check_probe_files(const config::Options& options, const files::ReadText& read);

/// Reads the issuers that checks with TLS trust; a missing or damaged file is an error.
Diagnostics read_authorities(const config::Options& options, const files::ReadText& read,
                             probe::TlsContexts& contexts);

}  // namespace rollcall::setup
