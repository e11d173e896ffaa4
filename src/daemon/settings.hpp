/// The server's settings: the checked configuration, with the secrets from its files.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent_link/agent_settings.hpp"
#include "answer/responder.hpp"
#include "channel/alert_sender.hpp"
#include "core/diagnostic.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "dns/tsig_key.hpp"
#include "files/file_reader.hpp"
#include "pool/isolation.hpp"
#include "pool/pool_spec.hpp"
#include "probe/certificates.hpp"
#include "transport/listen_socket.hpp"
#include "transport/tls_context.hpp"
#include "zone/load.hpp"
#include "zone/zone.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::daemon {

/// Settings that stay until the server ends. A reload compares them as a whole, and names the
/// differences.
struct AtStart {
  std::vector<Endpoint> listen;
  bool listen_by_default = false;  // then families that the host lacks are skipped
  transport::WhenAbsent when_absent = transport::WhenAbsent::fail;
  unsigned workers = 1;
  bool steer_by_cpu = false;  // then there are as many workers as CPUs
  Duration busy_poll{};
  std::string state_dir;
  std::string user;  // empty: keep the current user
  std::string control_socket;
  std::vector<Endpoint> tls_listen = {};  // DNS over TLS; empty: none
  bool tls_listen_by_default = false;

  bool operator==(const AtStart&) const = default;
};

/// Settings that a reload replaces, all together.
struct AtReload {
  std::string nsid;
  answer::AnyAnswer any = answer::AnyAnswer::hinfo;
  answer::ChaosNames chaos;
  std::optional<answer::CookieSecret> cookie_secret;  // nothing: a random one of this start
  std::vector<dns::TsigKey> keys;
  std::shared_ptr<const std::vector<zone::ZoneSpec>> zones =
      std::make_shared<const std::vector<zone::ZoneSpec>>();
  pool::PoolSpecs pools;
  pool::GuardSpec guard;
  std::vector<pool::TakeOverSpec> take_overs;
  std::size_t max_probes = 1000;   // at once
  std::size_t max_programs = 16;   // of exec checks, at once
  std::size_t max_wires = 10'000;  // tripwires, at once
  agent_link::AgentSettings agents;
  channel::AlertTargets alerts;
  probe::TlsContexts tls;               // of all checks
  transport::TlsContextPtr server_tls;  // null: no DNS over TLS
  /// Warnings where the configuration and the zone disagree. Any thread.
  std::function<Diagnostics(const zone::Zone&)> check_zone;
  zone::PoolPlace pool_place;  // in the configuration. Any thread
  Diagnostics warnings;        // of the configuration and the files that it names
};

struct Settings : AtStart, AtReload {};

/// The keys that differ: "server.workers changed from 2 to 4".
std::vector<std::string> changes(const AtStart& before, const AtStart& after);

/// Reads the configuration and the key files that it names. Any thread that may wait.
/// @return the settings, or all their errors
using ReadSettings = std::function<Result<Settings, Diagnostics>(const files::ReadText& read)>;

}  // namespace rollcall::daemon
