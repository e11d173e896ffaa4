/// Daemon: settings and zone files, at the start and at reloads; requests of the control socket.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <unordered_set>

#include "api/views.hpp"
#include "daemon/daemon.hpp"
#include "io/clock.hpp"
#include "process/sd_notify.hpp"

namespace rollcall::daemon {
/// Gives the roster the configured pools, and each zone its rules for transfers.
void Daemon::configure() {
  roll::Configured event{.pools = settings_.pools,
                         .origins = {},
                         .guard = settings_.guard,
                         .max_probes = settings_.max_probes,
                         .max_programs = settings_.max_programs,
                         .max_wires = settings_.max_wires,
                         .take_overs = settings_.take_overs};
  event.origins.reserve(settings_.zones->size());
  for (const zone::ZoneSpec& zone : *settings_.zones) {
    event.origins.push_back(zone.origin);
    if (zone.serial_policy != zone::SerialPolicy::file) {
      event.serial_policies[zone.origin] = zone.serial_policy;
    }
    zone::CatalogEntry& entry = zones_[zone.origin];
    entry.origin = zone.origin;
    entry.transfer = {settings_.zones, &zone.transfer};
    entry.update.reset();
    if (zone.transfer.is_transferred()) desk_->drop(zone.origin);
    if (!zone.update.grants.empty()) entry.update = {settings_.zones, &zone.update};
  }
  step(event);
  follow_secondaries();
  configure_followed();
  publish_soon();
  for (const auto* server : {&tcp_server_, &tls_server_}) {
    if (*server) (*server)->trust(transfer_peers());
  }
}

answer::ResponderOptions Daemon::responder_options() const {
  return {.nsid = settings_.nsid,
          .any = settings_.any,
          .chaos = settings_.chaos,
          .cookie_secret = settings_.cookie_secret.value_or(random_cookie_secret_)};
}

/// @param what a zone; empty: the configuration
void Daemon::log_fresh(const std::string& what, const Diagnostics& found) {
  for (const Diagnostic& diagnostic : said_warnings_.fresh(what, found)) {
    const bool error = diagnostic.severity == Severity::error;
    spdlog::log(error ? spdlog::level::err : spdlog::level::warn, "{}", to_log_line(diagnostic));
  }
}

/// A SIGHUP during a reload may be about a file that was read already: reloads once more.
void Daemon::reload_for_signal() {
  if (reloading_) {
    reload_again_ = true;
    return;
  }
  reload(std::nullopt, [](const ReloadResult& result) {
    if (!result.configuration) {
      return spdlog::error(
          "reload refused: the configuration has errors; the old one stays in force");
    }
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
  if (ready_) process::sd_notify("RELOADING=1");
  if (zone) return load_zones(zone, std::move(done));
  // Read on the loader's thread, because a large configuration or a slow disk takes long.
  loader_->reread(reread_, [this, done = std::move(done)](auto read) mutable {
    take_configuration(std::move(read), std::move(done));
  });
}

void Daemon::take_configuration(Result<Settings, Diagnostics> read, ReloadDone done) {
  log_fresh({}, read ? read->warnings : read.error());
  if (!read) {
    return end_reload({.configuration = false, .diagnostics = std::move(read.error())}, done);
  }
  take_settings(std::move(*read));
  load_zones(std::nullopt, std::move(done));
}

void Daemon::take_settings(Settings settings) {
  for (const std::string& change : changes(settings_, settings)) {
    spdlog::warn("{}: takes effect at the next start", change);
  }
  static_cast<AtReload&>(settings_) = std::move(static_cast<AtReload&>(settings));
  responder_.set(responder_options());
  raise_descriptor_limit();
  alerts_->retarget(alert_targets());
  if (tls_server_ && settings_.server_tls) tls_server_->renew(settings_.server_tls);
  prober_.trust(std::move(settings_.tls));
  prober_.forget_files();
  configure();
  std::unordered_set<std::string> watched;
  for (const zone::ZoneSpec& spec : *settings_.zones) {
    if (spec.watch) watched.insert(spec.origin.to_text());
  }
  watched_files_.keep_only(watched);
}

/// @param zone this one alone; nothing: all
void Daemon::load_zones(const std::optional<dns::Name>& zone, ReloadDone done) {
  load(zone_specs(zone), std::move(done));
}

/// Each keeps the settings that it is from.
std::vector<zone::ZoneSpecPtr> Daemon::zone_specs(const std::optional<dns::Name>& zone) const {
  std::vector<zone::ZoneSpecPtr> specs;
  specs.reserve(zone ? 1 : settings_.zones->size());
  for (const zone::ZoneSpec& spec : *settings_.zones) {
    if (!zone || spec.origin == *zone) specs.emplace_back(settings_.zones, &spec);
  }
  return specs;
}

void Daemon::load(std::vector<zone::ZoneSpecPtr> zones, ReloadDone done) {
  reloading_ = true;
  auto result = std::make_shared<ReloadResult>();
  result->zones = zones.size();
  const auto each = [this, result](LoadedZone loaded) {
    log_fresh(loaded.origin.to_text(), loaded.diagnostics);
    ++zones_read_;
    tell_progress();
    result->diagnostics.insert(result->diagnostics.end(), loaded.diagnostics.begin(),
                               loaded.diagnostics.end());
    if (!loaded.files.empty()) watched_files_.watch(loaded.origin.to_text(), loaded.files);
    if (loaded.source) result->sources.push_back(std::move(*loaded.source));
    if (loaded.transferred) take_copy(loaded);
    // No update changes a zone that is transferred.
    const bool as_it_is = !loaded.zone || loaded.transferred;
    as_it_is ? take_loaded(*result, std::move(loaded)) : adopt(result, std::move(loaded));
  };
  const auto all = [this, result, done = std::move(done)] {
    desk_->then([this, result, done] {  // behind the zones that it adopts
      asio::post(strand_, [this, result, done] { tasks_.start(this->loaded(result, done)); });
    });
  };
  loader_->load(std::move(zones), {settings_.check_zone, settings_.pool_place}, each, all);
}

void Daemon::take_loaded(ReloadResult& result, LoadedZone loaded) {
  if (stopping_) return;
  const bool from_copy = loaded.zone && loaded.copied;
  if (loaded.zone) step(roll::ZoneBuilt{std::move(loaded.zone), std::move(loaded.content)});
  if (loaded.unchanged) step(roll::ZoneUnchanged{loaded.origin});
  if (!has_errors(loaded.diagnostics)) return;
  ++result.refused;
  std::string problem = loaded.first_error();
  if (loaded.copied) {
    problem =
        fmt::format("served from the copy of {}: {}", format_wall_time(*loaded.copied), problem);
  }
  step(roll::ZoneRefused{loaded.origin, std::move(problem), from_copy});
}

/// Every file has been read. From now on, queries get the serials of the files.
asio::awaitable<void> Daemon::loaded(std::shared_ptr<ReloadResult> result, ReloadDone done) {
  co_await written(writer_->last_ticket());
  if (stopping_) co_return;
  if (publish_pending_) publish();
  end_reload(std::move(*result), done);
}

void Daemon::end_reload(ReloadResult result, const ReloadDone& done) {
  reloading_ = false;
  if (ready_) process::sd_notify("READY=1");
  if (result.configuration) keep_copies(std::move(result.sources));
  done(std::move(result));
  if (!to_load_anew_.empty()) {
    auto [zone, loaded] = std::move(to_load_anew_.front());
    to_load_anew_.pop_front();
    return load_anew(zone, std::move(loaded));
  }
  if (std::exchange(reload_again_, false)) return reload_for_signal();
  load_changed();
}

/// Reads the zone's file even where it has not changed, behind the reload under way.
void Daemon::load_anew(const dns::Name& zone, ReloadDone done) {
  if (reloading_) {
    to_load_anew_.emplace_back(zone, std::move(done));
    return;
  }
  loader_->forget(zone);
  reload(zone, std::move(done));
}

/// @param zones whose files have changed: their origins
void Daemon::files_changed(std::set<std::string> zones) {
  changed_zones_.merge(std::move(zones));
  load_changed();
}

/// A file that changes while others are read is read after them.
void Daemon::load_changed() {
  if (reloading_ || changed_zones_.empty()) return;
  const std::set<std::string> changed = std::exchange(changed_zones_, {});
  std::vector<zone::ZoneSpecPtr> specs = zone_specs(std::nullopt);
  std::erase_if(specs, [&](const zone::ZoneSpecPtr& spec) {
    return !spec->watch || !changed.contains(spec->origin.to_text());
  });
  if (specs.empty()) return;
  load(std::move(specs), [](const ReloadResult& result) {
    spdlog::info("files of zones have changed: {} of {} loaded", result.zones - result.refused,
                 result.zones);
  });
}

void Daemon::keep_copies(std::vector<store::CopySource> sources) {
  std::vector<dns::StoredName> configured;
  configured.reserve(settings_.zones->size());
  for (const zone::ZoneSpec& zone : *settings_.zones) configured.push_back(zone.origin);
  loader_->give_memory_back();
  copies_->keep(std::move(sources), std::move(configured), [this] {  // the loader ends first
    asio::post(strand_, [this] { loader_->give_memory_back(); });
  });
}

asio::awaitable<std::string> Daemon::handle(api::Request request) {
  if (const auto* wanted = std::get_if<api::StatusRequest>(&request)) {
    co_return status(*wanted);
  }
  if (std::holds_alternative<api::AgentsRequest>(request)) co_return agents();
  if (const auto* wanted = std::get_if<api::SecondariesRequest>(&request)) {
    co_return secondaries(*wanted);
  }
  if (auto* reload = std::get_if<api::ReloadRequest>(&request)) {
    co_return co_await handle_reload(*reload);
  }
  if (auto* flush = std::get_if<api::FlushRequest>(&request)) {
    co_return co_await handle_flush(*flush);
  }
  if (auto* write = std::get_if<api::WriteRequest>(&request)) {
    co_return co_await handle_write(*write);
  }
  if (auto* wanted = std::get_if<api::OverrideRequest>(&request))
    co_return co_await command(*wanted);
  if (auto* wanted = std::get_if<api::NormalRequest>(&request)) co_return co_await command(*wanted);
  if (auto* wanted = std::get_if<api::ThawRequest>(&request)) co_return co_await command(*wanted);
  if (auto* wanted = std::get_if<api::RetransferRequest>(&request))
    co_return co_await handle_retransfer(*wanted);
  if (std::holds_alternative<api::AlertTestRequest>(request)) co_return co_await test_alerts();
  co_return co_await handle_restart(std::move(std::get<api::RestartRequest>(request)));
}

asio::awaitable<std::string> Daemon::handle_reload(api::ReloadRequest request) {
  spdlog::info("reload of {} requested by {}",
               request.zone ? "zone " + request.zone->to_display() : "everything", request.actor);
  if (request.zone && !zones_.contains(*request.zone)) {
    co_return api::failure_reply(
        fmt::format("zone {} is not configured", request.zone->to_display()));
  }
  const ReloadResult result =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(ReloadResult)>(
          [this, &request](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            // Posted, because an initiating function must not call its handler itself.
            reload(request.zone, [this, shared](ReloadResult r) {
              asio::post(strand_,
                         [shared, r = std::move(r)]() mutable { (*shared)(std::move(r)); });
            });
          },
          asio::use_awaitable);
  api::Reloaded reloaded;
  reloaded.configuration = result.configuration;
  reloaded.zones = result.zones;
  reloaded.refused = result.refused;
  co_return api::reload_reply(reloaded, result.diagnostics);
}

asio::awaitable<std::string> Daemon::handle_restart(api::RestartRequest request) {
  const roll::RestartId id = roster_->next_restart_id();
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
        step(roll::RestartWanted{id, request.member, request.service, request.actor});
      },
      asio::use_awaitable);
  co_return answer.ok ? api::done_reply(answer.text) : api::failure_reply(answer.text);
}

}  // namespace rollcall::daemon
