/// Daemon: carries out the roster's effects.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "agent_link/agent_client.hpp"
#include "alert/told.hpp"
#include "daemon/daemon.hpp"
#include "io/clock.hpp"
#include "pool/notice_kinds.hpp"

namespace rollcall::daemon {
namespace {

/// Everything that is due within one grain is woken together: with thousands of probes a second, a
/// timer for each would cost more than the probes themselves.
using WakeGrain = std::chrono::duration<std::int64_t, std::ratio<1, 200>>;

/// The room of more is given back: tens of thousands of zones that are published at once take 30
/// MiB.
constexpr std::size_t kManyEffects = 1024;

constexpr std::chrono::seconds kSweepInterval{1};  // how long a replaced zone may linger

/// Sets the flag while this object lives.
class Flagged {
 public:
  explicit Flagged(bool& flag) : flag_(flag) { flag_ = true; }
  ~Flagged() { flag_ = false; }
  Flagged(const Flagged&) = delete;
  Flagged& operator=(const Flagged&) = delete;

 private:
  bool& flag_;
};

pool::UnitFacts facts_of(std::optional<agent_link::UnitReport> unit) {
  if (!unit) return {};
  return {.result_before = std::move(unit->result_before),
          .restarts_before = unit->restarts_before,
          .was_reset = unit->was_reset,
          .state = std::move(unit->state),
          .result = std::move(unit->result),
          .restarts = unit->restarts,
          .journal = std::move(unit->journal)};
}

spdlog::level::level_enum level_of(pool::NoticeKind kind) {
  switch (pool::traits_of(kind).level) {
    case pool::NoticeLevel::info:
      return spdlog::level::info;
    case pool::NoticeLevel::warning:
      return spdlog::level::warn;
    case pool::NoticeLevel::error:
      return spdlog::level::err;
    case pool::NoticeLevel::critical:
      return spdlog::level::critical;
  }
  return spdlog::level::info;
}

}  // namespace

/// Never call it from within perform(): the effects belong to the roster until its next step.
void Daemon::step(const roll::Event& event) {
  if (stepping_) throw std::logic_error("a step within a step");
  const Flagged within(stepping_);
  roster_->set_calendar(io::wall_now());
  std::vector<roll::Effect>& effects = roster_->step(event, io::monotonic_now());
  for (roll::Effect& effect : effects) {
    std::visit([this](auto& e) { perform(e); }, effect);
  }
  if (effects.capacity() > kManyEffects) std::vector<roll::Effect>().swap(effects);
}

void Daemon::perform(roll::StartProbe& effect) {
  prober_.start({.run = {effect.probe.value},
                 .member = effect.member,
                 .target = effect.target,
                 .check = std::move(effect.check),
                 .host = std::move(effect.host)});
}

void Daemon::perform(const roll::HoldWire& effect) {
  tasks_.start(hold_wire(effect.wire, tripwires_.hold({.wire = {effect.wire.value},
                                                       .target = effect.target,
                                                       .limit = effect.limit,
                                                       .connect = effect.connect,
                                                       .member = effect.member,
                                                       .service = effect.service})));
}

asio::awaitable<void> Daemon::hold_wire(roll::WireId wire,
                                        asio::awaitable<probe::Tripwires::End> held) {
  probe::Tripwires::End end = probe::Tripwires::End::by_itself;
  try {
    end = co_await std::move(held);
  } catch (const std::exception& error) {
    spdlog::warn("tripwire: {}", error.what());
  }
  if (end == probe::Tripwires::End::dropped || stopping_) co_return;
  if (end == probe::Tripwires::End::unknown) {
    spdlog::warn("no descriptors left for tripwires: none are opened for a minute");
  }
  step(roll::WireEnded{wire, end == probe::Tripwires::End::unknown});
}

void Daemon::perform(const roll::DropWire& effect) {
  tripwires_.drop({effect.wire.value});
}

void Daemon::perform(const roll::StoreLive& effect) {
  for (roll::LiveSink* sink : live_sinks_) sink->take(effect);
  if (!effect.published) return;
  secondary_board_.publish(effect.zone->origin(), effect.serial,
                           effect.full_serial.value_or(effect.serial), io::monotonic_now());
  run_errands();
}

void Daemon::perform(const roll::PublishZone& effect) {
  zone::CatalogEntry& entry = zones_[effect.origin];
  entry.origin = effect.origin;
  entry.refused = effect.refused;
  retired_.push_back(std::exchange(entry.zone, effect.zone));
  if (entry.zone && refresher_.is_expired(effect.origin)) {
    retired_.push_back(std::exchange(withheld_[effect.origin], std::exchange(entry.zone, nullptr)));
    entry.refused = true;
  }
  if (effect.edited) return publish_edited(effect);
  publish_soon();
  if (entry.zone && entry.transfer) {
    secondary_checks_.check(effect.origin, entry.transfer->secondaries);
  }
}

void Daemon::perform(const roll::DropZone& effect) {
  const auto zone = zones_.find(effect.origin);
  if (zone == zones_.end()) return;
  retired_.push_back(std::move(zone->second.zone));
  if (auto withheld = withheld_.extract(effect.origin)) retired_.push_back(withheld.mapped());
  zones_.erase(zone);
  loader_->forget(effect.origin);
  desk_->drop(effect.origin);
  journals_.forget(effect.origin);
  secondary_board_.forget(effect.origin);
  said_warnings_.forget(effect.origin.to_text());
  publish_soon();
}

/// Zones that come together make one catalog. A catalog costs as much as it holds zones: with one
/// catalog for each of tens of thousands of zones, each zone would cost as much as all. The pause
/// limits publishing to about a tenth of this thread's time (kPublishPause).
void Daemon::publish_soon() {
  if (std::exchange(publish_pending_, true)) return;
  publish_due_.expires_at(io::to_steady(publishing_.next()));
  publish_due_.async_wait([this](const ErrorCode& error) {
    if (!error && publish_pending_) publish();  // otherwise publish() was called directly meanwhile
  });
}

void Daemon::publish() {
  publish_pending_ = false;
  const Instant began = io::monotonic_now();
  std::vector<zone::CatalogEntry> entries;
  entries.reserve(zones_.size());
  for (const auto& [origin, entry] : zones_) entries.push_back(entry);
  retired_.push_back(
      catalog_.publish(std::make_shared<const zone::Catalog>(std::move(entries), settings_.keys)));
  free_retired();
  publishing_.ran(began, io::monotonic_now());
  for (const roll::SendNotify& effect : std::exchange(unsent_notifies_, {})) notify(effect);
  tell_ready();
}

/// Costs the same however many zones there are.
void Daemon::publish_edited(const roll::PublishZone& effect) {
  const std::shared_ptr<const zone::Catalog> before = catalog_.load();
  const auto place = before->place_of(effect.origin);
  if (!place) return publish_soon();
  catalog_.publish(std::make_shared<const zone::Catalog>(before->with(*place, effect.zone)));
  retired_.push_back(before);
  free_retired();
}

/// Frees replaced versions here, on the control thread, once no worker holds them.
void Daemon::free_retired() {
  std::erase_if(retired_, [](const auto& held) { return held.use_count() <= 1; });
  if (retired_.empty()) return;
  sweep_.expires_after(kSweepInterval);
  sweep_.async_wait([this](const ErrorCode& error) {
    if (!error) free_retired();
  });
}

/// A secondary asks at once, so the new serial must be in the catalog before NOTIFY is sent.
void Daemon::perform(const roll::SendNotify& effect) {
  if (publish_pending_) {
    unsent_notifies_.push_back(effect);
  } else {
    notify(effect);
  }
}

void Daemon::perform(const roll::RestartService& effect) {
  tasks_.start(ask_agent(effect));
}

asio::awaitable<void> Daemon::ask_agent(roll::RestartService request) {
  // Not within the step that requests it: its effects are still being carried out.
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  agent_link::AgentReply reply{.error = agent_link::kNoKey};
  if (const agent_link::NamedKey* key = settings_.agents.key_of(request.member)) {
    const Endpoint agent = settings_.agents.agent_of(request.member);
    try {
      reply = co_await agent_link::restart_service(agent, *key, request.service);
    } catch (const std::exception& error) {  // a reply, too: the pool waits for it
      reply.error = error.what();
    }
  }
  std::string text = reply.ok ? fmt::format("done in {:.1f} s", reply.seconds) : reply.error;
  if (!reply.output.empty()) text += "\n" + reply.output;
  pool::UnitFacts unit = facts_of(std::move(reply.unit));
  answer_asker(request.restart, reply.ok, pool::with_unit_lines(text, unit));
  if (!stopping_) {
    step(roll::AgentReplied{request.restart, reply.ok, std::move(text), std::move(unit)});
  }
}

void Daemon::perform(const roll::RestartRefused& effect) {
  answer_asker(effect.restart, false, effect.reason);
}

/// Answers the operator who requested this restart, if an operator did.
void Daemon::answer_asker(roll::RestartId restart, bool ok, const std::string& text) {
  const auto asker = restart_askers_.extract(restart);
  if (asker) asker.mapped()(ok, text);
}

void Daemon::perform(const pool::Notice& effect) {
  const auto level = level_of(effect.kind);
  const std::string subject = pool::subject_of(effect);
  // The loader has logged every message about a file that it refused.
  const auto* const zone = std::get_if<pool::ZoneFacts>(&effect.facts);
  const bool said = zone != nullptr && zone->served != pool::ZoneFacts::Served::copy;
  const std::string detail = said ? std::string() : pool::detail_of(effect);
  const std::string_view first_line = std::string_view(detail).substr(0, detail.find('\n'));
  if (!effect.logged) {
    spdlog::log(level, "{}{}{}", subject, first_line.empty() ? "" : "; ", first_line);
  }
  const channel::AlertTargets& to = settings_.alerts;
  if (!effect.alert || (!to.mail && !to.hook && !to.exec)) return;
  alerts_->send(alert::told_of(effect, io::wall_now()));
}

void Daemon::perform(const roll::WakeAt& effect) {
  const Duration at = effect.at.time_since_epoch();
  wake_.expires_at(io::to_steady(Instant(std::chrono::ceil<WakeGrain>(at))));
  wake_.async_wait([this](const ErrorCode& error) {
    if (!error && !stopping_) step(roll::Tick{});
  });
}

}  // namespace rollcall::daemon
