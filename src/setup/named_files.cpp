#include "setup/named_files.hpp"

#include <iterator>

#include "io/clock.hpp"
#include "setup/access_as.hpp"
#include "setup/agent_keys.hpp"
#include "setup/alert_targets.hpp"
#include "setup/key_files.hpp"
#include "setup/probe_files.hpp"

namespace rollcall::setup {

NamedFiles read_named_files(const config::Options& options, const files::ReadText& read) {
  NamedFiles files;
  files.agents.port = options.agents.port;
  files.agents.nodes = options.agents.nodes;
  files.agents.status_interval = options.agents.status_interval;
  const auto add = [&files](Diagnostics found) {
    files.diagnostics.insert(files.diagnostics.end(), std::make_move_iterator(found.begin()),
                             std::make_move_iterator(found.end()));
  };
  add(check_key_files(options, read));
  add(check_access(options));
  add(check_probe_files(options, read));
  add(read_agent_keys(options.agents, read, files.agents));
  ReadTargets alerts = read_alert_targets(options, read);
  files.alerts = std::move(alerts.targets);
  add(std::move(alerts.diagnostics));
  add(read_authorities(options, read, files.authorities));
  if (options.server.tls) {
    add(read_server_tls(*options.server.tls, read, io::wall_now(), files.server_tls));
  }
  return files;
}

}  // namespace rollcall::setup
