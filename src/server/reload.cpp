/// Daemon: settings and zone files, at start and again; requests of the control socket.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "control/views.hpp"
#include "core/counted.hpp"
#include "server/clock.hpp"
#include "server/daemon.hpp"
#include "server/sd_notify.hpp"

namespace rollcall::server {
namespace {

void log(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool error = diagnostic.severity == Severity::error;
    spdlog::log(error ? spdlog::level::err : spdlog::level::warn, "{}", to_log_line(diagnostic));
  }
}

/// The first error of a load: what status shows of a refused zone.
std::string first_error(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::error) return to_string(diagnostic);
  }
  return {};
}

}  // namespace

/// Tells the roster what is configured, and zones who may transfer them.
void Daemon::configure() {
  roster::Configured event{.pools = settings_.pools,
                           .origins = {},
                           .guard = settings_.guard,
                           .max_probes = settings_.max_probes,
                           .max_programs = settings_.max_programs,
                           .max_wires = settings_.max_wires};
  for (const ZoneSettings& zone : settings_.zones) {
    event.origins.push_back(zone.origin);
    event.serial_policies[zone.origin] = zone.serial_policy;
    zone::CatalogEntry& entry = zones_[zone.origin];
    entry.origin = zone.origin;
    entry.transfer = std::make_shared<const zone::TransferPolicy>(zone.transfer);
  }
  step(event);
  publish_soon();
  if (tcp_server_) tcp_server_->trust(transfer_peers());
}

/// A SIGHUP while a reload is under way means a file that it may have read already: once more.
void Daemon::reload_for_signal() {
  if (reloading_) {
    reload_again_ = true;
    return;
  }
  reload(std::nullopt, [](const ReloadResult& result) {
    spdlog::info("reload done: {} of {} zones", result.zones - result.refused, result.zones);
  });
}

/// @param zone nothing: the configuration and every zone; else this zone's file alone
void Daemon::reload(const std::optional<dns::Name>& zone, ReloadDone done) {
  if (reloading_) {
    done({.diagnostics = {{Severity::error, {}, "a reload is under way"}}});
    return;
  }
  reloading_ = true;
  sd_notify("RELOADING=1");
  if (zone) return load_zones(zone, std::move(done));
  // The loader's thread reads it: a large configuration takes its time, and so does a slow disk.
  loader_->reread(reread_, [this, done = std::move(done)](auto read) mutable {
    take_configuration(std::move(read), std::move(done));
  });
}

void Daemon::take_configuration(Result<ReadConfiguration, Diagnostics> read, ReloadDone done) {
  if (!read) {
    log(read.error());
    spdlog::error("the configuration has errors: the old one stays");
    return end_reload({.diagnostics = std::move(read.error())}, done);
  }
  log(read->warnings);
  take_settings(std::move(read->settings));
  load_zones(std::nullopt, std::move(done));
}

void Daemon::take_settings(Settings settings) {
  const bool restart_needed =
      settings.listen != settings_.listen || settings.when_absent != settings_.when_absent ||
      settings.workers != settings_.workers || settings.steer_by_cpu != settings_.steer_by_cpu ||
      settings.busy_poll != settings_.busy_poll || settings.state_dir != settings_.state_dir ||
      settings.control_socket != settings_.control_socket ||
      settings.answers.nsid != settings_.answers.nsid;
  if (restart_needed) {
    spdlog::warn("server.* and control.socket take effect at the next start");
  }
  settings_.keys = std::move(settings.keys);
  settings_.zones = std::move(settings.zones);
  settings_.pools = std::move(settings.pools);
  settings_.guard = std::move(settings.guard);
  settings_.max_probes = settings.max_probes;
  settings_.max_programs = settings.max_programs;
  settings_.max_wires = settings.max_wires;
  settings_.agents = std::move(settings.agents);
  raise_descriptor_limit();
  settings_.alerts = std::move(settings.alerts);
  settings_.check_zone = std::move(settings.check_zone);
  settings_.pool_place = std::move(settings.pool_place);
  alerts_->retarget(settings_.alerts);
  prober_.trust(std::move(settings.tls));
  prober_.forget_files();
  configure();
}

/// @param zone this one alone; nothing: all
void Daemon::load_zones(const std::optional<dns::Name>& zone, ReloadDone done) {
  std::vector<ZoneFile> files;
  for (const ZoneSettings& candidate : settings_.zones) {
    if (!zone || candidate.origin == *zone) {
      files.push_back({candidate.origin, candidate.file, candidate.pools, candidate.mx_pools,
                       settings_.pool_place, candidate.named_at});
    }
  }
  load(std::move(files), std::move(done));
}

void Daemon::load(std::vector<ZoneFile> files, ReloadDone done) {
  reloading_ = true;
  auto result = std::make_shared<ReloadResult>();
  result->zones = files.size();
  const auto each = [this, result](LoadedZone loaded) {
    log(loaded.diagnostics);
    result->diagnostics.insert(result->diagnostics.end(), loaded.diagnostics.begin(),
                               loaded.diagnostics.end());
    if (loaded.zone) {
      step(roster::ZoneBuilt{std::move(loaded.zone), std::move(loaded.content)});
    } else if (loaded.unchanged) {
      step(roster::ZoneUnchanged{loaded.origin});
    } else {
      ++result->refused;
      step(roster::ZoneRefused{loaded.origin, first_error(loaded.diagnostics)});
    }
  };
  loader_->load(std::move(files), settings_.check_zone, each,
                [this, result, done = std::move(done)] { tasks_.start(loaded(result, done)); });
}

/// Every file is read. Whoever asks now finds the serials that the files have.
asio::awaitable<void> Daemon::loaded(std::shared_ptr<ReloadResult> result, ReloadDone done) {
  co_await written(writer_->last_ticket());
  if (!stopping_) end_reload(std::move(*result), done);
}

void Daemon::end_reload(ReloadResult result, const ReloadDone& done) {
  reloading_ = false;
  sd_notify("READY=1");
  done(std::move(result));
  if (std::exchange(reload_again_, false)) reload_for_signal();
}

asio::awaitable<std::string> Daemon::handle(control::Request request) {
  if (const auto* wanted = std::get_if<control::StatusRequest>(&request)) {
    co_return status(*wanted);
  }
  if (auto* reload = std::get_if<control::ReloadRequest>(&request)) {
    co_return co_await handle_reload(*reload);
  }
  if (auto* wanted = std::get_if<control::OverrideRequest>(&request))
    co_return co_await command(*wanted);
  if (auto* wanted = std::get_if<control::NormalRequest>(&request))
    co_return co_await command(*wanted);
  if (auto* wanted = std::get_if<control::ThawRequest>(&request))
    co_return co_await command(*wanted);
  co_return co_await handle_restart(std::move(std::get<control::RestartRequest>(request)));
}

asio::awaitable<std::string> Daemon::handle_reload(control::ReloadRequest request) {
  spdlog::info("reload of {} requested by {}",
               request.zone ? "zone " + request.zone->to_display() : "everything", request.actor);
  if (request.zone && !zones_.contains(*request.zone)) {
    co_return control::failure_reply(
        fmt::format("zone {} is not configured", request.zone->to_display()));
  }
  const ReloadResult result =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(ReloadResult)>(
          [this, &request](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            // Posted: an initiating function never calls its handler itself.
            reload(request.zone, [this, shared](ReloadResult r) {
              asio::post(strand_,
                         [shared, r = std::move(r)]() mutable { (*shared)(std::move(r)); });
            });
          },
          asio::use_awaitable);
  if (result.refused > 0) {
    co_return control::failure_reply(
        fmt::format("{} of {} zones refused; what they served before stays", result.refused,
                    result.zones),
        result.diagnostics);
  }
  if (has_errors(result.diagnostics)) {
    co_return control::failure_reply("nothing was reloaded; what was served before stays",
                                     result.diagnostics);
  }
  co_return control::done_reply(counted(result.zones, "zone", "zones") + " reloaded");
}

asio::awaitable<std::string> Daemon::handle_restart(control::RestartRequest request) {
  const roster::RestartId id = roster_->next_restart_id();
  struct Answer {
    bool ok = false;
    std::string text;
  };
  const Answer answer = co_await asio::async_initiate<decltype(asio::use_awaitable), void(Answer)>(
      [this, id, &request](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        restart_askers_[id] = [this, shared](bool ok, std::string text) {
          asio::post(strand_, [shared, answer = Answer{ok, std::move(text)}]() mutable {
            (*shared)(std::move(answer));
          });
        };
        step(roster::RestartWanted{id, request.member, request.service, request.actor});
      },
      asio::use_awaitable);
  co_return answer.ok ? control::done_reply(answer.text) : control::failure_reply(answer.text);
}

}  // namespace rollcall::server
