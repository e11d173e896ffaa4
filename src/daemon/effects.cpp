/// Daemon: the roster's effects carried out.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>

#include "agent_link/agent_client.hpp"
#include "core/printable_json.hpp"
#include "daemon/daemon.hpp"
#include "io/clock.hpp"

namespace rollcall::daemon {
namespace {

/// Who is due within one of these is woken together: with thousands of probes a second a timer for
/// each would cost more than the probes' own work here.
using WakeGrain = std::chrono::duration<std::int64_t, std::ratio<1, 200>>;

/// The room of more is given back: tens of thousands of zones that are published at once take 30
/// MiB.
constexpr std::size_t kManyEffects = 1024;

constexpr std::chrono::seconds kSweepInterval{1};  // how long a replaced zone may linger

/// The flag is set as long as this lives.
class Flagged {
 public:
  explicit Flagged(bool& flag) : flag_(flag) { flag_ = true; }
  ~Flagged() { flag_ = false; }
  Flagged(const Flagged&) = delete;
  Flagged& operator=(const Flagged&) = delete;

 private:
  bool& flag_;
};

std::string alert_json(const roster::Notice& notice, const std::string& nameserver) {
  boost::json::object object{{"nameserver", nameserver},
                             {"kind", roster::to_string(notice.kind)},
                             {"subject", roster::subject_of(notice)},
                             {"detail", roster::detail_of(notice)},
                             {"name", notice.name.to_display()},
                             {"time", format_wall_time(io::wall_now())}};
  if (notice.member) object["member"] = notice.member->to_string();
  if (!notice.exchange.empty()) object["exchange"] = notice.exchange;
  if (!notice.reason.empty()) object["reason"] = notice.reason;
  if (!notice.actor.empty()) object["actor"] = notice.actor;
  for (const auto& [key, value] : roster::fields_of(notice)) {
    std::visit([&](const auto& its) { object[key] = its; }, value);
  }
  return printable_json(std::move(object));
}

spdlog::level::level_enum level_of(roster::NoticeKind kind) {
  using Kind = roster::NoticeKind;
  switch (kind) {
    case Kind::zone_refused:
      return spdlog::level::err;
    case Kind::dropped:
    case Kind::degraded:
    case Kind::restart_failed:
    case Kind::all_down:
    case Kind::backup_took_over:
    case Kind::normal_on:
    case Kind::frozen:
    case Kind::secondary_ahead:
      return spdlog::level::warn;
    case Kind::state_damaged:
    case Kind::state_not_kept:
      return spdlog::level::critical;
    default:
      return spdlog::level::info;
  }
}

}  // namespace

/// Never from within perform(): the effects are the roster's until its next step.
void Daemon::step(const roster::Event& event) {
  if (stepping_) throw std::logic_error("a step within a step");
  const Flagged within(stepping_);
  roster_->set_calendar(io::wall_now());
  std::vector<roster::Effect>& effects = roster_->step(event, io::monotonic_now());
  for (roster::Effect& effect : effects) {
    std::visit([this](auto& e) { perform(e); }, effect);
  }
  if (effects.capacity() > kManyEffects) std::vector<roster::Effect>().swap(effects);
}

void Daemon::perform(roster::StartProbe& effect) {
  prober_.start({.run = {effect.probe.value},
                 .member = effect.member,
                 .target = effect.target,
                 .check = std::move(effect.check),
                 .host = std::move(effect.host)});
}

void Daemon::perform(const roster::HoldWire& effect) {
  tasks_.start(hold_wire(effect.wire, tripwires_.hold({.wire = {effect.wire.value},
                                                       .target = effect.target,
                                                       .limit = effect.limit,
                                                       .connect = effect.connect,
                                                       .member = effect.member,
                                                       .service = effect.service})));
}

asio::awaitable<void> Daemon::hold_wire(roster::WireId wire,
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
  step(roster::WireEnded{wire, end == probe::Tripwires::End::unknown});
}

void Daemon::perform(const roster::DropWire& effect) {
  tripwires_.drop({effect.wire.value});
}

void Daemon::perform(const roster::StoreLive& effect) {
  for (roster::LiveSink* sink : live_sinks_) sink->take(effect);
}

void Daemon::perform(const roster::PublishZone& effect) {
  zone::CatalogEntry& entry = zones_[effect.origin];
  entry.origin = effect.origin;
  entry.refused = effect.refused;
  retired_.push_back(std::exchange(entry.zone, effect.zone));
  publish_soon();
  if (entry.zone && entry.transfer) {
    secondary_checks_.check(effect.origin, entry.transfer->secondaries);
  }
}

void Daemon::perform(const roster::DropZone& effect) {
  const auto zone = zones_.find(effect.origin);
  if (zone == zones_.end()) return;
  retired_.push_back(std::move(zone->second.zone));
  zones_.erase(zone);
  loader_->forget(effect.origin);
  said_warnings_.forget(effect.origin.to_text());
  publish_soon();
}

/// Zones that come in one go make one catalog. A catalog costs what it holds: of tens of thousands
/// of zones that are loaded one after the other, each would cost as much as all of them. So
/// they take about a tenth of this thread's time (kPublishPause).
void Daemon::publish_soon() {
  if (std::exchange(publish_pending_, true)) return;
  publish_due_.expires_at(io::to_steady(publishing_.next()));
  publish_due_.async_wait([this](const ErrorCode& error) {
    if (!error && publish_pending_) publish();  // or it was done meanwhile, without waiting
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
  for (const roster::SendNotify& effect : std::exchange(unsent_notifies_, {})) notify(effect);
  tell_ready();
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

/// A secondary asks at once: what it is told of must be in the catalog by then.
void Daemon::perform(const roster::SendNotify& effect) {
  if (publish_pending_) {
    unsent_notifies_.push_back(effect);
  } else {
    notify(effect);
  }
}

void Daemon::notify(const roster::SendNotify& effect) {
  const auto zone = zones_.find(effect.origin);
  if (zone == zones_.end() || !zone->second.zone || !zone->second.transfer) return;
  secondary_checks_.check(effect.origin, zone->second.transfer->secondaries);
  for (const zone::Secondary& secondary : zone->second.transfer->secondaries) {
    spdlog::debug("NOTIFY {} serial {} to {}", effect.origin.to_display(), effect.serial,
                  secondary.address.to_string());
    std::optional<dns::TsigKey> key;
    for (const dns::TsigKey& candidate : settings_.keys) {
      if (secondary.key == candidate.name) key = candidate;
    }
    notifier_.send(zone->second.zone, effect.serial, secondary, std::move(key));
  }
}

void Daemon::perform(const roster::RestartService& effect) {
  tasks_.start(ask_agent(effect));
}

asio::awaitable<void> Daemon::ask_agent(roster::RestartService request) {
  // Not within the step that wants it: its effects are still being carried out.
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  agent_link::AgentReply reply{.error = "agents.key_file is not configured"};
  if (settings_.agents.key) {
    const Endpoint agent = settings_.agents.agent_of(request.member);
    try {
      reply = co_await agent_link::restart_service(agent, *settings_.agents.key, request.service);
    } catch (const std::exception& error) {  // the pool waits for the end of its restart
      reply.error = error.what();
    }
  }
  std::string text = reply.ok ? fmt::format("done in {:.1f} s", reply.seconds) : reply.error;
  if (!reply.output.empty()) text += "\n" + reply.output;
  answer_asker(request.restart, reply.ok, text);
  if (!stopping_) step(roster::AgentReplied{request.restart, reply.ok, std::move(text)});
}

void Daemon::perform(const roster::RestartRefused& effect) {
  answer_asker(effect.restart, false, effect.reason);
}

/// Answers the operator who wanted this restart, where it was one.
void Daemon::answer_asker(roster::RestartId restart, bool ok, const std::string& text) {
  const auto asker = restart_askers_.extract(restart);
  if (asker) asker.mapped()(ok, text);
}

void Daemon::perform(const roster::Notice& effect) {
  const auto level = level_of(effect.kind);
  const std::string subject = roster::subject_of(effect);
  const std::string detail = roster::detail_of(effect);
  const std::string_view first_line = std::string_view(detail).substr(0, detail.find('\n'));
  if (!effect.logged) {
    spdlog::log(level, "{}{}{}", subject, first_line.empty() ? "" : "; ", first_line);
  }
  if (!effect.alert) return;
  const std::string& us = nameserver();
  alerts_->send({.subject = fmt::format("[{}] {}", us, subject),
                 .body = fmt::format("{}\n{}\n\nnameserver {}, {}\n", subject, detail, us,
                                     format_wall_time(io::wall_now())),
                 .json = alert_json(effect, us),
                 .important = level != spdlog::level::info});
}

void Daemon::perform(const roster::WakeAt& effect) {
  const Duration at = effect.at.time_since_epoch();
  wake_.expires_at(io::to_steady(Instant(std::chrono::ceil<WakeGrain>(at))));
  wake_.async_wait([this](const ErrorCode& error) {
    if (!error && !stopping_) step(roster::Tick{});
  });
}

}  // namespace rollcall::daemon
