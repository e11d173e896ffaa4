#include "setup/settings.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <thread>

#include "files/file_reader.hpp"
#include "setup/check_files.hpp"
#include "setup/key_files.hpp"
#include "setup/named_files.hpp"

namespace rollcall::setup {
namespace {

daemon::Settings settings_of(const std::shared_ptr<const config::Options>& shared,
                             const std::shared_ptr<const agent_link::AgentSettings>& agents) {
  const config::Options& options = *shared;
  const auto pools = std::make_shared<const ZonePools>(options);
  daemon::AtStart at_start{
      .listen = options.server.listen,
      .listen_by_default = options.server.listen_by_default,
      .when_absent = options.server.wait_for_absent ? transport::WhenAbsent::wait
                                                    : transport::WhenAbsent::fail,
      .workers = options.server.workers != 0 ? options.server.workers
                                             : std::max(1U, std::thread::hardware_concurrency()),
      .steer_by_cpu = options.server.steer_by_cpu,
      .busy_poll = options.server.busy_poll,
      .state_dir = options.server.state_dir,
      .user = options.server.user,
      .control_socket = options.control.socket};
  if (const auto& tls = options.server.tls) {
    at_start.tls_listen = tls->listen;
    at_start.tls_listen_by_default = tls->listen_by_default;
  }
  daemon::AtReload at_reload{
      .nsid = options.server.nsid,
      .any = options.server.any_in_full ? answer::AnyAnswer::all : answer::AnyAnswer::hinfo,
      .pools = pool::PoolSpecs(
          std::shared_ptr<const std::vector<pool::PoolSpec>>(shared, &options.pools)),
      .guard = options.health.guard,
      .take_overs = options.take_overs,
      .max_probes = options.health.max_probes,
      .max_programs = options.health.max_programs,
      .max_wires = options.health.max_wires,
      .check_zone =
          [shared, pools, agents](const zone::Zone& zone) {
            return check_pools(*shared, *pools, *agents, std::array{&zone});
          },
      .pool_place = [shared](const dns::Name& pool) { return place_of(pool, *shared); }};
  daemon::Settings settings{std::move(at_start), std::move(at_reload)};
  if (options.server.chaos) {
    settings.chaos = {"Rollcall " ROLLCALL_VERSION, options.server.nsid};
  }
  settings.zones = std::shared_ptr<const std::vector<zone::ZoneSpec>>(shared, &options.zones);
  return settings;
}

}  // namespace

Result<daemon::Settings, Diagnostics> read_settings(const std::string& config_file,
                                                    const files::ReadText& read) {
  const Result<files::FileText> file = read(config_file, {});
  if (!file) return std::unexpected(Diagnostics{{Severity::error, {}, file.error().message}});
  config::ParsedOptions parsed =
      config::parse_options(file->text, config_file, files::find_service_port);
  if (!parsed.options) return std::unexpected(std::move(parsed.diagnostics));
  assign_pools(*parsed.options);
  const auto options = std::make_shared<const config::Options>(std::move(*parsed.options));
  NamedFiles named = read_named_files(*options, read);
  for (Diagnostic& diagnostic : named.diagnostics) {
    parsed.diagnostics.push_back(std::move(diagnostic));
  }
  if (has_errors(parsed.diagnostics)) return std::unexpected(std::move(parsed.diagnostics));

  daemon::Settings settings =
      settings_of(options, std::make_shared<const agent_link::AgentSettings>(named.agents));
  settings.agents = std::move(named.agents);
  settings.tls = std::move(named.authorities);
  settings.server_tls = std::move(named.server_tls);
  settings.alerts = std::move(named.alerts);
  if (!options->server.cookie_secret_file.empty()) {
    const auto secret = read_cookie_secret(options->server.cookie_secret_file, read);
    if (!secret) return std::unexpected(Diagnostics{{Severity::error, {}, secret.error().message}});
    settings.cookie_secret = *secret;
  }
  for (const config::KeyOptions& key : options->keys) {
    // check_key_files has just read it; a file removed since then is still an error.
    Result<dns::TsigKey> secret = read_tsig_key(key, read);
    if (!secret)
      return std::unexpected(Diagnostics{{Severity::error, key.where, secret.error().message}});
    settings.keys.push_back(std::move(*secret));
  }
  settings.warnings = std::move(parsed.diagnostics);
  return settings;
}

}  // namespace rollcall::setup
