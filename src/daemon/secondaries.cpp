/// Daemon: NOTIFY to secondaries, how far each has come, and who lags.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <unordered_set>

#include "api/secondaries_view.hpp"
#include "api/views.hpp"
#include "daemon/daemon.hpp"
#include "io/clock.hpp"

namespace rollcall::daemon {
namespace {

api::SecondaryView view_of(const transfer::SecondaryRecord& record, Instant now) {
  const transfer::SecondaryFacts& facts = record.facts;
  api::SecondaryView view{.zone = record.origin,
                          .address = record.secondary,
                          .ours = record.ours,
                          .acknowledged = facts.acknowledged,
                          .serves = facts.serves,
                          .lag = record.lag};
  if (record.key) view.key = record.key->to_display();
  view.full = record.view == zone::View::full;
  if (facts.transfer) {
    view.transfer = transfer::to_string(facts.transfer->kind);
    view.transfer_serial = facts.transfer->serial;
    view.transfer_by = facts.transfer->by.to_string();
    view.transferred = now - facts.transferred_at;
  }
  if (!facts.problem.empty()) {
    view.problem = facts.problem;
    view.problem_age = now - facts.problem_at;
  }
  return view;
}

}  // namespace

/// As the settings say: called with each configuration, when zones that are gone were dropped.
void Daemon::follow_secondaries() {
  const Instant now = io::monotonic_now();
  std::unordered_set<dns::Name> full;
  for (const zone::ZoneSpec& zone : *settings_.zones) {
    secondary_board_.configure(zone.origin, zone.transfer.secondaries, zone.secondary_lag, now);
    if (zone.transfer.has_full()) full.insert(zone.origin);
  }
  journals_.keep_full(std::move(full));
  run_errands();
}

void Daemon::notify(const roll::SendNotify& effect) {
  const auto zone = zones_.find(effect.origin);
  if (zone == zones_.end() || !zone->second.zone || !zone->second.transfer) return;
  secondary_checks_.check(effect.origin, zone->second.transfer->secondaries);
  secondary_board_.notify(effect.origin, io::monotonic_now());
  run_errands();
}

void Daemon::note_held(const roll::SecondariesHold& held) {
  for (const roll::HeldSerial& one : held.held) {
    secondary_board_.holds(held.origin, one.secondary, one.serial);
  }
  run_errands();
}

/// Called on the thread of TCP.
transport::TransferTaken Daemon::transfer_taken() {
  return [this](const dns::StoredName& origin, const transfer::TakenTransfer& taken) {
    asio::post(strand_, [this, origin, taken] {
      if (stopping_) return;
      secondary_board_.transferred(origin, taken, io::monotonic_now());
      run_errands();
    });
  };
}

/// Soon: never within the step whose effects are being carried out.
void Daemon::run_errands() {
  const std::optional<Instant> at = secondary_board_.wake_at();
  if (!at || stopping_) return;
  errands_due_.expires_at(io::to_steady(*at));
  errands_due_.async_wait([this](const ErrorCode& error) {
    if (error || stopping_) return;
    const Instant now = io::monotonic_now();
    for (const transfer::LagNews& news : secondary_board_.news(now)) tell_lag(news);
    for (transfer::Errand& errand : secondary_board_.next(now)) {
      tasks_.start(run_errand(std::move(errand)));
    }
    run_errands();
  });
}

asio::awaitable<void> Daemon::run_errand(transfer::Errand errand) {
  const auto zone = zones_.find(errand.origin);
  transfer::ErrandEnd end{.sent = false};
  if (!errand.notify) {
    end = co_await secondary_exchange_.ask(errand.origin, errand.secondary, errand.limit);
  } else if (zone != zones_.end() && zone->second.zone) {
    spdlog::debug("NOTIFY {} serial {} to {}", errand.origin.to_display(), errand.serial,
                  errand.secondary.to_string());
    std::optional<dns::TsigKey> key;
    for (const dns::TsigKey& candidate : settings_.keys) {
      if (errand.key == candidate.name) key = candidate;
    }
    const std::shared_ptr<const zone::Zone> version = zone->second.zone;
    end = co_await secondary_exchange_.notify(*version, errand.serial, errand.secondary,
                                              std::move(key), errand.limit);
  }
  if (secondary_board_.ended(errand, end, io::monotonic_now())) {
    spdlog::warn("NOTIFY {} serial {} to {}: {}", errand.origin.to_display(), errand.serial,
                 errand.secondary.to_string(), end.problem);
  }
  run_errands();
}

void Daemon::tell_lag(const transfer::LagNews& news) {
  pool::SecondaryFacts facts{.secondary = news.secondary, .serial = 0, .ours = news.ours};
  facts.serial = news.serves.value_or(0);
  facts.unknown = !news.serves;
  if (news.lags) facts.lag = news.lag;
  perform(pool::Notice{
      .kind = news.lags ? pool::NoticeKind::secondary_lags : pool::NoticeKind::secondary_caught_up,
      .alert = true,
      .name = news.origin,
      .member = news.secondary.address,
      .reason = news.problem,
      .facts = facts});
}

std::string Daemon::secondaries(const api::SecondariesRequest& wanted) const {
  if (wanted.zone && !zones_.contains(*wanted.zone)) {
    return api::failure_reply(fmt::format("zone {} is not configured", wanted.zone->to_display()));
  }
  const Instant now = io::monotonic_now();
  std::vector<api::SecondaryView> views;
  for (const transfer::SecondaryRecord& record : secondary_board_.records(wanted.zone, now)) {
    if (!wanted.behind || record.lag) views.push_back(view_of(record, now));
  }
  return api::secondaries_reply(views);
}

}  // namespace rollcall::daemon
