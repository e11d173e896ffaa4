/// What the server runs by: the checked configuration with its secrets read.
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
#include "io/file_reader.hpp"
#include "probe/certificates.hpp"
#include "roster/isolation.hpp"
#include "roster/pool_spec.hpp"
#include "transport/listen_socket.hpp"
#include "zone/load.hpp"
#include "zone/zone.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::daemon {

/// What holds until the server ends. A reload compares it whole, and names what is another.
struct AtStart {
  std::vector<Endpoint> listen;
  bool listen_by_default = false;  // then what of `listen` the host has not is left out
  transport::WhenAbsent when_absent = transport::WhenAbsent::fail;
  unsigned workers = 1;
  bool steer_by_cpu = false;  // as many workers as CPUs then
  Duration busy_poll{};
  std::string state_dir;
  std::string user;  // empty: stay who you are
  std::string control_socket;

  bool operator==(const AtStart&) const = default;
};

/// What a reload takes, whole.
struct AtReload {
  std::string nsid;
  answer::AnyAnswer any = answer::AnyAnswer::hinfo;
  answer::ChaosNames chaos;
  std::optional<answer::CookieSecret> cookie_secret;  // nothing: random, made at the start
  std::vector<dns::TsigKey> keys;
  std::shared_ptr<const std::vector<zone::ZoneSpec>> zones =
      std::make_shared<const std::vector<zone::ZoneSpec>>();
  roster::PoolSpecs pools;
  roster::GuardSpec guard;
  std::size_t max_probes = 1000;   // at once
  std::size_t max_programs = 16;   // of exec checks, at once
  std::size_t max_wires = 10'000;  // tripwires, at once
  agent_link::AgentSettings agents;
  channel::AlertTargets alerts;
  probe::TlsContexts tls;  // of all checks
  /// What the configuration says about a zone that the zone does not bear out. Any thread.
  std::function<Diagnostics(const zone::Zone&)> check_zone;
  zone::PoolPlace pool_place;  // in the configuration. Any thread
  Diagnostics warnings;        // of the configuration and the files that it names
};

struct Settings : AtStart, AtReload {};

/// What `after` has otherwise, key by key: "server.workers changed from 2 to 4".
std::vector<std::string> changes(const AtStart& before, const AtStart& after);

/// Reads the configuration and the key files that it names. Any thread that may wait.
/// @return the settings, or everything that is wrong with them
using ReadSettings = std::function<Result<Settings, Diagnostics>(const io::ReadText& read)>;

}  // namespace rollcall::daemon
