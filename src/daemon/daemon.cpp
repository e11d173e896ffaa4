#include "daemon/daemon.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstring>

#include "core/counted.hpp"
#include "daemon/service_user.hpp"
#include "io/clock.hpp"
#include "io/random.hpp"
#include "process/sd_notify.hpp"
#include "transport/listen_socket.hpp"

namespace rollcall::daemon {
namespace {

std::uint64_t random_seed() {
  return io::need_random<std::uint64_t>();
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  if (::gethostname(name.data(), name.size()) != 0) return "localhost";
  return {name.data(), ::strnlen(name.data(), name.size())};
}

constexpr std::size_t kOtherDescriptors = 100;  // listening sockets, agents, mails, files

constexpr std::size_t kProgramDescriptors = 3;  // of each program: our ends of two pipes, a pidfd

/// The addresses that secondaries know us by: those of `listen`, without the unspecified ones.
std::vector<IpAddress> notify_sources(const std::vector<Endpoint>& listen) {
  std::vector<IpAddress> sources;
  for (const Endpoint& endpoint : listen) {
    const Bytes octets = endpoint.address.octets();
    const bool any = std::ranges::all_of(octets, [](std::uint8_t o) { return o == 0; });
    if (!any) sources.push_back(endpoint.address);
  }
  return sources;
}

/// The configured addresses; of those by default only the ones of the families that this host has.
Result<std::vector<Endpoint>> listen_addresses(const std::vector<Endpoint>& listen,
                                               bool by_default) {
  if (!by_default) return listen;
  std::vector<Endpoint> there;
  for (const Endpoint& endpoint : listen) {
    if (transport::host_has(endpoint.address)) {
      there.push_back(endpoint);
    } else {
      spdlog::info("this host has no {}: not listening on {}",
                   endpoint.address.is_v4() ? "IPv4" : "IPv6", endpoint.to_string());
    }
  }
  if (there.empty()) return fail("this host has neither IPv4 nor IPv6 to listen on");
  return there;
}

}  // namespace

Daemon::Daemon(Settings settings, ReadSettings reread, files::FileReaders& readers)
    : settings_(std::move(settings)),
      reread_(std::move(reread)),
      readers_(readers),
      random_cookie_secret_(io::need_random<answer::CookieSecret>()),
      responder_(responder_options()),
      catalog_(std::make_shared<const zone::Catalog>()),
      host_name_(host_name()),
      refresher_(random_seed()),
      secondary_exchange_(strand_.get_executor(), notify_sources(settings_.listen), random_seed()),
      secondary_checks_(strand_.get_executor(), notify_sources(settings_.listen), random_seed(),
                        [this](const transport::HeldSerials& found) {
                          if (stopping_) return;
                          roll::SecondariesHold event{.origin = found.origin, .held = {}};
                          for (const auto& [secondary, serial] : found.held) {
                            event.held.push_back({secondary, serial});
                          }
                          step(event);
                          note_held(event);
                        }),
      control_(strand_.get_executor(),
               [this](api::Request request) { return handle(std::move(request)); }) {}

Daemon::~Daemon() = default;

Result<void> Daemon::run() {
  raise_descriptor_limit();
  auto sockets = open_sockets();
  if (!sockets) return std::unexpected(sockets.error());
  if (auto listening = control_.listen(settings_.control_socket); !listening) return listening;
  // The service's user may have put files into state_dir: it is read with that user's rights alone.
  if (auto dropped = drop_privileges(); !dropped) return dropped;
  end_guard_.emplace();
  if (auto opened = open_state(); !opened) return opened;
  loader_ = std::make_unique<ZoneLoader>(strand_.get_executor(), readers_.as_function(),
                                         copies_.get(), readers_.as_bulk_function());
  primaries_ = std::make_unique<transport::PrimaryClient>(
      strand_.get_executor(), notify_sources(settings_.listen), random_seed());
  responder_.take_notify(take_notify());
  begin(std::move(*sockets));
  strand_.run();
  readers_.stop();  // nothing may wait for a file from now on
  end();
  if (!failure_.empty()) return fail(failure_);
  spdlog::info("rollcalld stopped");
  return {};
}

/// Answering ends last: by then all state is saved, and a successor may take over state_dir.
void Daemon::end() {
  alerts_.reset();
  primaries_.reset();
  loader_.reset();
  desk_.reset();  // the updates that wait are in the journal, and are answered
  copies_.reset();
  writer_.reset();
  tcp_server_.reset();
  tls_server_.reset();
  for (const auto& worker : udp_workers_) worker->stop_soon();
  udp_workers_.clear();
}

/// Probes, sessions and sockets need more than the usual 1024 descriptors.
void Daemon::raise_descriptor_limit() const {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const auto any = [this](auto has_it) {
    return std::ranges::any_of(settings_.pools, [&](const pool::PoolSpec& pool) {
      return std::ranges::any_of(pool.checks, has_it);
    });
  };
  const bool wires = any(&health::CheckSpec::tripwire);
  const std::size_t per_wire =
      settings_.agents.has_keys() ? 2 : 1;  // a connection, an agent's stream
  const bool programs = any([](const health::CheckSpec& check) {
    return std::holds_alternative<health::ExecCheck>(check.how);
  });
  const std::size_t sessions = transport::kMaxTcpSessions * (settings_.server_tls ? 2 : 1);
  const std::size_t wanted = settings_.max_probes + sessions + kOtherDescriptors +
                             (wires ? per_wire * settings_.max_wires : 0) +
                             (programs ? kProgramDescriptors * settings_.max_programs : 0);
  if (limit.rlim_max >= wanted) return;
  spdlog::warn(
      "only {} file descriptors are allowed (RLIMIT_NOFILE); {} probes at once, {} TCP "
      "sessions{}{} may need {}",
      limit.rlim_max, settings_.max_probes, sessions, wires ? ", tripwires" : "",
      programs ? ", programs" : "", wanted);
}

Result<Daemon::Sockets> Daemon::open_sockets() const {
  Sockets sockets;
  auto addresses = listen_addresses(settings_.listen, settings_.listen_by_default);
  if (!addresses) return std::unexpected(addresses.error());
  sockets.at = std::move(*addresses);
  for (const Endpoint& endpoint : sockets.at) {
    if (settings_.when_absent == transport::WhenAbsent::wait &&
        !transport::host_has(endpoint.address)) {
      spdlog::warn("this host has no address {} yet: it will be served as soon as it appears",
                   endpoint.address.to_string());
    }
    auto tcp = transport::listen_tcp(endpoint, settings_.when_absent);
    if (!tcp) return std::unexpected(tcp.error());
    sockets.tcp.push_back(std::move(*tcp));
    for (unsigned worker = 0; worker < settings_.workers; ++worker) {
      auto udp = transport::bind_udp(endpoint, settings_.when_absent);
      if (!udp) return std::unexpected(udp.error());
      if (settings_.busy_poll > Duration::zero()) {
        if (auto set = transport::set_busy_poll(*udp, settings_.busy_poll); !set) {
          return std::unexpected(set.error());
        }
      }
      sockets.udp.push_back(std::move(*udp));
    }
    if (settings_.steer_by_cpu) {
      auto steered = transport::steer_by_cpu(sockets.udp.back(), settings_.workers);
      if (!steered) return std::unexpected(steered.error());
    }
  }
  if (settings_.tls_listen.empty()) return sockets;
  addresses = listen_addresses(settings_.tls_listen, settings_.tls_listen_by_default);
  if (!addresses) return std::unexpected(addresses.error());
  for (const Endpoint& endpoint : *addresses) {
    auto tls = transport::listen_tcp(endpoint, settings_.when_absent);
    if (!tls) return std::unexpected(tls.error());
    sockets.tls.push_back(std::move(*tls));
    sockets.tls_at.push_back(endpoint);
  }
  return sockets;
}

void Daemon::start_workers(Sockets sockets) {
  const auto failed = [this](std::string why) {  // runs on the thread of a worker
    asio::post(strand_, [this, why = std::move(why)]() mutable { end_with(std::move(why)); });
  };
  for (std::size_t i = 0; i < sockets.udp.size(); ++i) {
    std::optional<unsigned> cpu;
    if (settings_.steer_by_cpu) cpu = static_cast<unsigned>(i % settings_.workers);
    udp_workers_.push_back(std::make_unique<transport::UdpWorker>(
        std::move(sockets.udp[i]), catalog_, responder_, journals_.find_few_changes(),
        random_seed(), cpu, failed, desk_.get()));
  }
  tcp_server_ = std::make_unique<transport::TcpServer>(std::move(sockets.tcp), catalog_, responder_,
                                                       journals_.find_changes(), transfer_taken(),
                                                       random_seed(), failed, desk_.get());
  tcp_server_->trust(transfer_peers());
  if (sockets.tls.empty()) return;
  // A thread of its own, so that handshakes delay no session over plain TCP.
  tls_server_ = std::make_unique<transport::TcpServer>(
      std::move(sockets.tls), catalog_, responder_, journals_.find_changes(), transfer_taken(),
      random_seed(), failed, desk_.get(), settings_.server_tls);
  tls_server_->trust(transfer_peers());
}

answer::TransferPeers Daemon::transfer_peers() const {
  std::vector<const zone::TransferPolicy*> policies;
  policies.reserve(settings_.zones->size());
  for (const zone::ZoneSpec& zone : *settings_.zones) policies.push_back(&zone.transfer);
  return answer::TransferPeers(policies);
}

Result<void> Daemon::drop_privileges() const {
  if (settings_.user.empty()) return {};
  const auto user = find_user(settings_.user);
  if (!user) return fail(fmt::format("server.user: no user \"{}\"", settings_.user));
  if (::getuid() == user->id) return {};
  auto given = store::give_state_folder(settings_.state_dir, user->id, user->group);
  if (!given) return given;
  if (auto become = become_user(*user); !become) return become;
  return readers_.renew();
}

void Daemon::begin(Sockets sockets) {
  tell_state_problems();
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) signals_.add(signal);
  await_signals();
  prober_.trust(std::move(settings_.tls));
  log_fresh({}, settings_.warnings);
  configure();  // every zone is known but not ready: it answers SERVFAIL
  publish();
  listening_ = sockets.at;
  listening_tls_ = sockets.tls_at;
  start_workers(std::move(sockets));  // not before: a zone that is not in the catalog is REFUSED
  load(zone_specs(std::nullopt), [this](ReloadResult result) {
    loaded_ = std::move(result);
    tell_ready();
  });
  tasks_.start(agent_poller_.run());
  tell_progress();
}

void Daemon::await_signals() {
  signals_.async_wait([this](const ErrorCode& error, int signal) {
    if (error) return;
    if (signal == SIGHUP) {
      spdlog::info("SIGHUP: reloading");
      reload_for_signal();
      await_signals();
      return;
    }
    spdlog::info("{}: stopping", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    stop();
  });
}

/// If one of its sockets no longer works, the server ends, so that a working one can be started.
void Daemon::end_with(std::string failure) {
  if (stopping_) return;
  failure_ = std::move(failure);
  spdlog::critical("{}: exiting, so that a supervisor can restart rollcalld", failure_);
  stop();
}

void Daemon::stop() {
  stopping_ = true;
  process::sd_notify("STOPPING=1");
  step(roll::Stopping{});
  perform(follow::KeepConfirmed{});
  control_.close();
  errands_due_.cancel();
  secondary_checks_.cancel();
  prober_.cancel();
  tasks_.cancel();
  wake_.cancel();
  follow_wake_.cancel();
  sweep_.cancel();
  publish_due_.cancel();
  strand_.stop();
}

}  // namespace rollcall::daemon
