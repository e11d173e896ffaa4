/// Daemon: zones that are transferred from primaries. The effects of follow::Refresher are carried
/// out here, and what comes of them is told to it.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>

#include "api/views.hpp"
#include "daemon/daemon.hpp"
#include "io/clock.hpp"

namespace rollcall::daemon {
namespace {

/// NOTIFYs that wait for the control thread: beyond it primaries are told to try again.
constexpr unsigned kMaxNotifiesWaiting = 1000;
/// How long rollcallctl waits for a transfer.
constexpr std::chrono::seconds kRetransferWait{30};

follow::Held held_of(const zone::Zone& zone) {
  const zone::SoaFields& soa = zone.soa();
  return {soa.serial, soa.refresh, soa.retry, soa.expire};
}

WallTime wall_after(Duration time) {
  return io::wall_now() + std::chrono::duration_cast<std::chrono::milliseconds>(time);
}

}  // namespace

void Daemon::follow(const follow::Event& event) {
  if (stopping_) return;
  for (follow::Effect& effect : refresher_.step(event, io::monotonic_now())) {
    std::visit([this](auto& e) { perform(e); }, effect);
  }
}

void Daemon::configure_followed() {
  follow::Followed event;
  for (const zone::ZoneSpec& zone : *settings_.zones) {
    if (zone.transfer.is_transferred())
      event.zones.push_back({zone.origin, zone.transfer.primaries});
  }
  follow(event);
  std::erase_if(withheld_, [this](const auto& zone) { return !refresher_.follows(zone.first); });
}

/// A worker's thread calls it.
answer::TakeNotify Daemon::take_notify() {
  auto waiting = std::make_shared<std::atomic<unsigned>>(0);
  return [this, waiting](const answer::NotifyReceived& notify) {
    if (waiting->fetch_add(1) >= kMaxNotifiesWaiting) {
      --*waiting;
      return false;
    }
    asio::post(strand_, [this, waiting, notify] {
      --*waiting;
      follow(follow::Notified{notify.origin, notify.from, notify.serial});
    });
    return true;
  };
}

/// The result of the loader for a zone without a file: at a start its copy.
void Daemon::take_copy(const LoadedZone& loaded) {
  if (!loaded.copied) return follow(follow::CopyMissing{loaded.origin});
  const follow::Held held = held_of(*loaded.zone);
  const WallTime now = io::wall_now();
  const auto most = std::chrono::seconds(held.expire);
  pool::SavedTransfer saved{*loaded.copied, *loaded.copied + most};
  const auto known = saved_transfers_.find(loaded.origin);
  if (known != saved_transfers_.end()) saved = known->second;
  // A clock that was set back makes no zone last longer.
  const Duration age =
      std::clamp<Duration>(now - saved.confirmed, Duration::zero(), std::chrono::days(10'000));
  const Duration left = std::min<Duration>(saved.expires - now, most);
  follow(follow::CopyLoaded{loaded.origin, held, age, left});
}

transport::PrimaryContact Daemon::contact_of(const dns::Name& origin,
                                             const zone::Primary& primary) const {
  transport::PrimaryContact contact{origin, primary.address, {}};
  for (const dns::TsigKey& key : settings_.keys) {
    if (primary.key == key.name) contact.key = key;
  }
  return contact;
}

void Daemon::perform(const follow::AskSerial& effect) {
  primaries_->ask(contact_of(effect.origin, effect.primary),
                  [this, visit = effect.visit](const Result<transfer::SerialAnswer>& answer) {
                    follow::Answered event{.visit = visit};
                    if (answer) {
                      event.serial = answer->serial;
                      event.expire = answer->expire;
                    } else {
                      event.problem = answer.error().message;
                    }
                    follow(event);
                  });
}

void Daemon::perform(const follow::Fetch& effect) {
  primaries_->fetch(contact_of(effect.origin, effect.primary), effect.serial,
                    [this, effect](Result<transport::Fetched> fetched) {
                      take_fetched(effect, std::move(fetched));
                    });
}

void Daemon::take_fetched(const follow::Fetch& effect, Result<transport::Fetched> fetched) {
  if (stopping_) return;
  if (!fetched) return follow(follow::NotFetched{effect.visit, fetched.error().message});
  if (std::holds_alternative<transfer::UpToDate>(fetched->content)) {
    return follow(follow::NotFetched{effect.visit, {}});
  }
  spdlog::debug("zone {} from {}: {} messages, {} octets", effect.origin.to_display(),
                effect.primary.address.to_string(), fetched->messages, fetched->octets);
  std::optional<std::uint32_t> from;
  if (const auto* changes = std::get_if<transfer::Changes>(&fetched->content)) {
    from = changes->front().from;
  }
  std::vector<zone::ZoneSpecPtr> specs = zone_specs(effect.origin);
  if (specs.empty()) return follow(follow::NotBuilt{effect.visit, "no longer configured"});
  loader_->build(std::move(specs[0]), std::move(fetched->content),
                 {settings_.check_zone, settings_.pool_place},
                 [this, visit = effect.visit, from, memory = fetched->memory](LoadedZone loaded) {
                   follow::Built built{.visit = visit, .held = {}, .changes_from = from};
                   take_built(built, std::move(loaded));
                 });
}

/// A zone with errors is refused as one from a file: the older version stays.
void Daemon::take_built(follow::Built built, LoadedZone loaded) {
  if (stopping_) return;
  log_fresh(loaded.origin.to_text(), loaded.diagnostics);
  if (!loaded.misfit.empty()) return follow(follow::NotBuilt{built.visit, loaded.misfit});
  if (!refresher_.follows(loaded.origin)) {  // dropped meanwhile
    return follow(follow::NotBuilt{built.visit, "no longer configured"});
  }
  if (!loaded.zone) {
    const std::string problem = loaded.first_error();
    step(roll::ZoneRefused{.origin = loaded.origin, .problem = problem, .transferred = true});
    return follow(follow::NotBuilt{built.visit, problem});
  }
  built.held = held_of(*loaded.zone);
  if (loaded.text) copies_->keep_text(loaded.origin, std::move(loaded.text));
  step(roll::ZoneBuilt{std::move(loaded.zone), std::move(loaded.content)});
  follow(built);
}

void Daemon::perform(const follow::RoundEnded& effect) {
  const std::string zone = effect.origin.to_display();
  if (!effect.ok) {
    spdlog::log(effect.first ? spdlog::level::warn : spdlog::level::debug,
                "zone {}: not refreshed: {}", zone, effect.text);
  } else {
    const bool news = effect.transferred || effect.first;
    spdlog::log(news ? spdlog::level::info : spdlog::level::debug, "zone {}: refreshed: {}", zone,
                effect.text);
  }
  const auto [begin, end] = retransfers_.equal_range(effect.origin);
  for (auto waiting = begin; waiting != end; ++waiting) {
    waiting->second->outcome = effect;
    waiting->second->timer.cancel();
  }
}

/// What the roster says is served goes on in the roster; only the catalog has it no more.
void Daemon::perform(const follow::Expired& effect) {
  const auto state = refresher_.state(effect.origin);
  const auto zone = zones_.find(effect.origin);
  if (zone != zones_.end()) {
    if (zone->second.zone) withheld_[effect.origin] = std::move(zone->second.zone);
    zone->second.zone = nullptr;
    zone->second.refused = true;
    publish_soon();
  }
  perform(pool::Notice{.kind = pool::NoticeKind::zone_expired,
                       .alert = true,
                       .name = effect.origin,
                       .reason = state ? state->problem : std::string(),
                       .facts = pool::ZoneFacts{.served = pool::ZoneFacts::Served::expired}});
}

void Daemon::perform(const follow::Revived& effect) {
  const auto zone = zones_.find(effect.origin);
  auto kept = withheld_.extract(effect.origin);
  if (zone != zones_.end() && kept) {
    zone->second.zone = std::move(kept.mapped());
    zone->second.refused = false;
    publish_soon();
  }
  perform(pool::Notice{.kind = pool::NoticeKind::zone_confirmed,
                       .alert = true,
                       .name = effect.origin,
                       .facts = pool::ZoneFacts{.served = pool::ZoneFacts::Served::confirmed}});
}

void Daemon::perform(const follow::KeepConfirmed&) {
  pool::SavedTransfers saved;
  const Instant now = io::monotonic_now();
  refresher_.for_each([&](const dns::StoredName& origin, const follow::FollowedState& state) {
    if (!state.held) return;
    saved[origin] = {wall_after(*state.confirmed - now), wall_after(*state.expires - now)};
  });
  writer_->save_transfers(std::move(saved));
}

void Daemon::perform(const follow::WakeAt& effect) {
  follow_wake_.expires_at(io::to_steady(effect.at));
  follow_wake_.async_wait([this](const ErrorCode& error) {
    if (!error) follow(follow::Tick{});
  });
}

/// Answers when the round has ended, whatever came of it.
asio::awaitable<std::string> Daemon::handle_retransfer(api::RetransferRequest request) {
  const std::string name = request.zone.to_display();
  if (!refresher_.follows(request.zone)) {
    co_return api::failure_reply(fmt::format("zone {} is not transferred from primaries", name));
  }
  spdlog::info("transfer of zone {} requested by {}", name, request.actor);
  const auto waiting = std::make_shared<Retransfer>(strand_);
  waiting->timer.expires_after(kRetransferWait);
  const auto place = retransfers_.emplace(request.zone, waiting);
  asio::post(strand_, [this, zone = request.zone] { follow(follow::TransferWanted{zone}); });
  co_await waiting->timer.async_wait(as_value);
  retransfers_.erase(place);
  if (!waiting->outcome) {
    co_return api::done_reply(fmt::format("zone {}: the transfer is still under way", name));
  }
  const std::string text = fmt::format("zone {}: {}", name, waiting->outcome->text);
  co_return waiting->outcome->ok ? api::done_reply(text) : api::failure_reply(text);
}

/// Adds what is known of transfers; zones that never came are not in the roster yet.
void Daemon::show_transfers(pool::Status& status) const {
  const Instant now = io::monotonic_now();
  refresher_.for_each([&](const dns::StoredName& origin, const follow::FollowedState& state) {
    auto zone = std::ranges::find_if(
        status.zones, [&](const pool::ZoneStatus& one) { return one.origin == origin.name(); });
    if (zone == status.zones.end()) {
      zone = status.zones.insert(zone, pool::ZoneStatus{.origin = origin});
    }
    pool::TransferStatus shown{.primary = state.from.value_or(state.primaries.front().address),
                               .serial = {},
                               .confirmed_ago = {},
                               .next_in = {},
                               .expires_in = {},
                               .problem = state.problem};
    if (state.held) shown.serial = state.held->serial;
    if (state.confirmed) shown.confirmed_ago = now - *state.confirmed;
    if (state.next) shown.next_in = *state.next - now;
    if (state.expires) shown.expires_in = *state.expires - now;
    if (state.expired) zone->state = pool::ZoneState::expired;
    if (zone->problem.empty()) zone->problem = state.problem;
    zone->transfer = std::move(shown);
  });
}

}  // namespace rollcall::daemon
