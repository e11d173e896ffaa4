/// The configuration of rollcalld as checked values: every default filled in.
/// Relative paths are resolved from the configuration's folder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/ip_address.hpp"
#include "dns/name.hpp"
#include "pool/isolation.hpp"
#include "pool/pool_spec.hpp"
#include "zone/zone_spec.hpp"

namespace rollcall::config {

/// A file that the configuration names; empty: none.
struct FileOption {
  std::string path;
  SourcePosition where;
};

/// server.tls: DNS over TLS.
struct TlsServerOptions {
  std::vector<Endpoint> listen;  // default 0.0.0.0:853 and [::]:853
  bool listen_by_default = true;
  FileOption certificate, key;
  FileOption client_ca;  // empty: clients are not asked for a certificate
};

struct ServerOptions {
  std::vector<Endpoint> listen;   // UDP and TCP; default 0.0.0.0:53 and [::]:53
  bool listen_by_default = true;  // addresses of `listen` that the host lacks are left out
  bool wait_for_absent = false;   // addresses of `listen` that the host lacks are still bound
  unsigned workers = 0;           // 0: one per CPU
  bool steer_by_cpu = false;      // packets go to the worker of the CPU that received them
  Duration busy_poll{};           // how long a worker polls before it sleeps; 0: no polling
  std::string state_dir = "/var/lib/rollcall";
  std::string user;  // empty: keep the current user
  SourcePosition user_where;
  std::string nsid;                // empty: none
  bool any_in_full = false;        // ANY gets every record, not one HINFO (RFC 8482)
  bool chaos = true;               // version.bind and id.server are answered
  std::string cookie_secret_file;  // 32 hex digits; empty: a random secret for this run
  SourcePosition cookie_secret_where;
  std::optional<TlsServerOptions> tls;
};

struct ControlOptions {
  std::string socket = "/run/rollcall/control.sock";
};

/// Limits and rules for all pools.
struct HealthOptions {
  bool observe_only = false;  // for pools without a value of their own
  pool::GuardSpec guard;
  std::vector<SourcePosition> witness_places;  // of its witnesses, in their order
  std::size_t max_probes = 1000;               // at once: each holds a socket
  std::size_t max_programs = 16;               // at once, of exec checks
  std::size_t max_wires = 10'000;              // of tripwires, held at once
};

/// A TSIG key whose secret is still in its file (base64, or BIND's key statement).
struct KeyOptions {
  dns::Name name;
  std::string algorithm;  // for dns::parse_tsig_algorithm(); empty: as in the file
  std::string secret_file;
  bool allow_md5 = false;
  SourcePosition where;
};

struct AgentsOptions {
  std::uint16_t port = 2224;
  std::string keys_dir;  // ADDRESS.key for each node; empty: none
  SourcePosition keys_dir_where;
  std::string key_file;  // one key for all nodes without one of their own; empty: none
  SourcePosition key_file_where;
  Duration status_interval = std::chrono::seconds(30);  // 0: no status is asked for
  std::map<IpAddress, Endpoint> nodes;                  // only where they differ from member:port
};

struct EmailOptions {
  std::vector<std::string> to;
  std::string from;
  std::string smtp;  // URL: smtp://host:port
  std::string user;  // empty: no AUTH
  FileOption password_file;
  FileOption ca;
  unsigned max_per_hour = 20;  // 0: no limit
};

/// A text with named fields (alert/named_fields.hpp), which setup checks.
struct TextOption {
  std::string text;
  SourcePosition where;
};

struct WebhookOptions {
  std::string url;
  std::string form;  // "slack", "teams", "pagerduty", "alertmanager"; empty: none
  std::optional<TextOption> text;
  FileOption text_file;
  std::string content_type = "application/json";  // of the text
  FileOption routing_key_file;
  FileOption ca;
  unsigned max_per_hour = 0;
};

struct ExecOptions {
  std::vector<TextOption> command;
  Duration timeout = std::chrono::seconds(30);
  unsigned max_per_hour = 20;
};

struct AlertsOptions {
  std::optional<EmailOptions> email;
  std::optional<WebhookOptions> webhook;
  std::optional<ExecOptions> exec;
  Duration batch = std::chrono::seconds(10);
  Duration remind{};  // 0: never
};

struct Options {
  std::string file;  // from which the options were read
  ServerOptions server;
  ControlOptions control;
  std::vector<KeyOptions> keys;
  std::vector<zone::ZoneSpec> zones;  // without their pools: app/zone_pools.hpp
  HealthOptions health;
  std::vector<pool::PoolSpec> pools;
  std::vector<pool::TakeOverSpec> take_overs;
  // By name as displayed; for later messages.
  std::unordered_map<std::string, SourcePosition> pool_places;
  // By pool and member: an address, or an exchange in lower case.
  std::map<std::pair<std::string, std::string>, SourcePosition> member_places;
  AgentsOptions agents;
  AlertsOptions alerts;
};

/// The port of a service name, e.g. "smtp" -> 25: the caller looks it up in /etc/services.
using ServicePort = std::optional<std::uint16_t> (*)(const std::string& name);

struct ParsedOptions {
  std::optional<Options> options;  // nothing where `diagnostics` has errors
  Diagnostics diagnostics;
};

/// @param text the file's content
/// @param file its path for messages; relative paths in it are relative to its folder
ParsedOptions parse_options(const std::string& text, const std::string& file,
                            ServicePort service_port);

}  // namespace rollcall::config
