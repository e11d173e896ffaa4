/// Everything that a configuration names outside itself, but the zones: read once, for a start, a
/// reload and --check alike.
#pragma once

#include "agent_link/agent_settings.hpp"
#include "channel/alert_sender.hpp"
#include "config/options.hpp"
#include "core/diagnostic.hpp"
#include "files/file_reader.hpp"
#include "probe/certificates.hpp"
#include "transport/tls_context.hpp"

namespace rollcall::setup {

struct NamedFiles {
  agent_link::AgentSettings agents;
  channel::AlertTargets alerts;
  probe::TlsContexts authorities;       // of all checks
  transport::TlsContextPtr server_tls;  // null: no DNS over TLS, or an error
  Diagnostics diagnostics;
};

NamedFiles read_named_files(const config::Options& options, const files::ReadText& read);

}  // namespace rollcall::setup
