/// Daemon: dynamic updates, from the desk that makes them to the roster.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>

#include "api/views.hpp"
#include "content/journal_entry.hpp"
#include "core/counted.hpp"
#include "daemon/daemon.hpp"

namespace rollcall::daemon {

/// A journal that is damaged is used to its last whole entry.
void Daemon::open_updates(store::StateFolder folder) {
  store::UpdateJournal journal(std::move(folder));
  std::string problem;
  const std::string text = journal.read(problem);
  if (!problem.empty()) state_problems_.push_back(problem);
  content::ReadJournal read = content::read_journal(text);
  if (!read.problem.empty()) {
    state_problems_.push_back(fmt::format("{}/updates: {}; what came before it is used, {}",
                                          settings_.state_dir, read.problem,
                                          journal.cut(text, read.good)));
  }
  const update::DeskOutlets outlets{
      .publish =
          [this](std::vector<update::Publication> publications, std::function<void()> done) {
            asio::post(strand_, [this, publications = std::move(publications),
                                 done = std::move(done)]() mutable {
              take_versions(std::move(publications));
              done();
            });
          },
      .journal_told =
          [this](std::string trouble) {
            asio::post(strand_, [this, trouble = std::move(trouble)] {
              if (!stopping_) tell_unwritten({{"updates", trouble}});
            });
          },
      .compact =
          [this](update::ZonePtr zone, std::function<void(update::ZonePtr)> done) {
            asio::post(strand_, [this, zone = std::move(zone), done = std::move(done)] {
              if (!stopping_) loader_->compact(zone, done);
            });
          },
  };
  desk_ = std::make_unique<update::UpdateDesk>(std::move(journal), std::move(read.zones), outlets);
}

/// When it returns, queries see the versions.
void Daemon::take_versions(std::vector<update::Publication> publications) {
  if (stopping_) return;
  bool rebuilt = false;
  for (update::Publication& one : publications) {
    // A reload may have dropped the zone meanwhile, or given it primaries.
    const auto configured = zones_.find(one.zone->origin());
    if (configured == zones_.end() || !configured->second.transfer) continue;
    if (configured->second.transfer->is_transferred()) continue;
    rebuilt |= one.rebuilt;
    if (one.rebuilt) {
      step(roll::ZoneBuilt{std::move(one.zone)});
    } else {
      step(roll::ZoneEdited{std::move(one.zone), std::move(one.made)});
    }
  }
  if (rebuilt && publish_pending_) publish();
}

/// The journal forgets the zone, and its file is loaded again.
asio::awaitable<std::string> Daemon::handle_flush(api::FlushRequest request) {
  if (!zones_.contains(request.zone)) {
    co_return api::failure_reply(
        fmt::format("zone {} is not configured", request.zone.to_display()));
  }
  using Flushed = Result<std::size_t>;
  const Flushed flushed =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(Flushed)>(
          [this, &request](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            desk_->flush(request.zone, [this, shared](Flushed outcome) {
              asio::post(strand_, [shared, outcome = std::move(outcome)]() mutable {
                (*shared)(std::move(outcome));
              });
            });
          },
          asio::use_awaitable);
  if (!flushed) co_return api::failure_reply(flushed.error().message);
  if (*flushed > 0) {
    spdlog::info("zone {}: {} of updates dropped by {}", request.zone.to_display(),
                 counted(*flushed, "RRset", "RRsets"), request.actor);
  }
  // Also where nothing was dropped: an earlier flush may have found a file with errors.
  const ReloadResult result =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(ReloadResult)>(
          [this, &request](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            load_anew(request.zone, [this, shared](ReloadResult loaded) {
              asio::post(strand_, [shared, loaded = std::move(loaded)]() mutable {
                (*shared)(std::move(loaded));
              });
            });
          },
          asio::use_awaitable);
  if (*flushed == 0 && !has_errors(result.diagnostics)) {
    co_return api::done_reply(
        fmt::format("zone {} is as its file: nothing was dropped", request.zone.to_display()));
  }
  const api::Reloaded reloaded{.zones = result.zones, .refused = result.refused};
  co_return api::reload_reply(reloaded, result.diagnostics);
}

/// The text goes to the command line, which writes it with the rights of whoever runs it.
asio::awaitable<std::string> Daemon::handle_write(api::WriteRequest request) {
  const std::vector<zone::ZoneSpecPtr> specs = zone_specs(request.zone);
  if (specs.empty()) {
    co_return api::failure_reply(
        fmt::format("zone {} is not configured", request.zone.to_display()));
  }
  using Written = Result<ZoneLoader::Rewritten>;
  struct Outcome {
    bool changed = false;
    Written written;
  };
  const Outcome outcome =
      co_await asio::async_initiate<decltype(asio::use_awaitable), void(Outcome)>(
          [this, &request, spec = specs.front()](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            desk_->look(request.zone, [this, spec, shared](content::ZoneDeltas deltas) {
              asio::post(strand_, [this, spec, shared, deltas = std::move(deltas)]() mutable {
                if (deltas.empty()) return (*shared)(Outcome{});
                loader_->rewrite(spec, std::move(deltas), [shared](Written written) {
                  (*shared)(Outcome{true, std::move(written)});
                });
              });
            });
          },
          asio::use_awaitable);
  if (!outcome.changed) {
    co_return api::failure_reply(fmt::format("zone {} is as its file: there is nothing to write",
                                             request.zone.to_display()));
  }
  if (!outcome.written) co_return api::failure_reply(outcome.written.error().message);
  api::ZoneText text{std::filesystem::absolute(specs.front()->file).string(),
                     api::crc_of(outcome.written->before), outcome.written->after};
  co_return api::zone_text_reply(text);
}

/// Lays what updates have made of the zone over the file that was loaded.
void Daemon::adopt(std::shared_ptr<ReloadResult> result, LoadedZone loaded) {
  const auto kept = std::make_shared<LoadedZone>(std::move(loaded));
  desk_->adopt(kept->spec, kept->zone,
               [this, result = std::move(result), kept](update::ZonePtr zone, bool changed) {
                 asio::post(strand_, [this, result, kept, zone = std::move(zone), changed] {
                   kept->zone = zone;
                   if (changed) kept->content.clear();
                   take_loaded(*result, std::move(*kept));
                 });
               });
}

}  // namespace rollcall::daemon
