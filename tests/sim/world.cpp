#include "sim/world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "zone/load.hpp"

namespace rollcall::sim {
namespace {

using namespace std::chrono_literals;
using roster::Health;
using roster::OverrideKind;

constexpr Duration kQuietCheckInterval = 500ms;  // what time alone changes is seen by then

}  // namespace

World::World(std::uint64_t seed) : seed_(seed), random_(seed), slow_probes_(seed % 2 == 0) {
  make_zone();
  make_guard();
  start_roster();
}

void World::start_roster() {
  ++life_;
  was_frozen_ = false;
  started_ = now_;
  published_ = nullptr;
  restarts_open_.clear();
  restarts_asked_.clear();
  restart_pool_.clear();
  wake_.reset();
  roster_ = std::make_unique<roster::Roster>(disk_as_of_now(), random_.next());
  step(configuration());
  reload();
}

/// What is kept of overrides tells when they end: what has ended meanwhile is left out.
roster::SavedState World::disk_as_of_now() const {
  roster::SavedState state = disk_;
  const Duration gone = now_ - saved_at_;
  std::erase_if(state.overrides.members, [&](roster::SavedOverride& saved) {
    if (saved.left) *saved.left -= gone;
    return saved.left && *saved.left <= 0s;
  });
  if (auto& left = state.overrides.normal_left) {
    *left -= gone;
    state.overrides.normal &= *left > 0s;
  }
  return state;
}

roster::Configured World::configuration() const {
  return {.pools = pools_, .origins = {*dns::Name::parse(kOrigin)}, .guard = guard_};
}

void World::reload() {
  const std::string text = fmt::format(
      "$TTL 60\n@ SOA ns root {} 2 3 4 5\n@ NS ns\nns A 192.0.2.250\n{}", file_serial_, zone_text_);
  std::vector<dns::Name> names;
  std::vector<dns::Name> mx_names;
  for (const roster::PoolSpec& pool : pools_) {
    (pool.records == roster::PoolRecords::mx ? mx_names : names).push_back(pool.name);
  }
  zone::LoadReport report =
      zone::load_zone({*dns::Name::parse(kOrigin), "sim", names, mx_names},
                      [&](const std::string&) -> Result<std::string> { return text; });
  ASSERT_TRUE(report.zone) << where() << to_string(report.diagnostics.at(0));
  step(roster::ZoneBuilt{report.zone});
}

void World::restart_server(bool crash) {
  note(crash ? "crash" : "stop");
  if (!crash) step(roster::Stopping{});
  start_roster();
}

void World::plan(Instant at, roster::Event event, bool wake) {
  plans_.push({at, next_order_++, std::move(event), wake, life_});
}

void World::run(Duration duration) {
  const Instant end = now_ + duration;
  while (now_ < end && !::testing::Test::HasFailure()) {
    const Duration until_upset = std::chrono::milliseconds(200 + random_.below(20000));
    const Instant upset_at = std::min(end, now_ + until_upset);
    while (!plans_.empty() && plans_.top().at <= upset_at && !::testing::Test::HasFailure()) {
      const Planned planned = plans_.top();
      plans_.pop();
      if (planned.life != life_) continue;
      now_ = std::max(now_, planned.at);
      if (planned.wake) {
        if (wake_ != planned.at) continue;  // a later WakeAt has replaced it
        wake_.reset();
      }
      step(planned.event);
    }
    now_ = upset_at;
    upset();
  }
}

/// What the world does of its own accord.
void World::upset() {
  auto victim = backends_.begin();
  std::advance(victim, random_.below(static_cast<std::uint32_t>(backends_.size())));
  switch (random_.below(15)) {
    case 14:
      cut_or_mend();
      break;
    case 0:
      file_serial_ += random_.below(3);
      reload();
      break;
    case 1:
      restart_server(random_.below(2) == 0);
      break;
    case 2:
      step(configuration());
      break;
    case 3:
      for (auto& [address, backend] : backends_) backend = {false, now_};
      note("all die");
      break;
    case 4:
    case 5:
      speak();
      break;
    default:
      victim->second = {!victim->second.alive, now_, random_.below(4) == 0};
      note(fmt::format("{} {}", victim->first.to_string(),
                       victim->second.alive ? "returns" : "dies"));
  }
}

/// Our own network goes, with the way to everybody, and comes back.
void World::cut_or_mend() {
  if (!cut_) before_cut_ = std::max({cut_changed_, disturbed_, started_});
  cut_ = !cut_;
  spared_.clear();
  in_hand_.clear();
  const bool in_part = cut_ && random_.below(2) == 0;
  for (const auto& [address, backend] : backends_) {
    if (in_part && random_.below(2) == 0) spared_.insert(address);
  }
  cut_changed_ = now_;
  believed_ = false;
  note(cut_ ? "we are cut off" : "we are back");
}

void World::step(const roster::Event& event) {
  const bool probed = was_frozen_ && std::holds_alternative<roster::ProbeDone>(event);
  const std::uint64_t flips = flips_;
  bool quiet = true;  // nothing but probes, as in most steps
  for (const roster::Effect& effect : roster_->step(event, now_)) {
    quiet &= std::holds_alternative<roster::StartProbe>(effect) ||
             std::holds_alternative<roster::WakeAt>(effect);
    std::visit([this](const auto& e) { perform(e); }, effect);
  }
  if (!quiet || now_ >= checked_ + kQuietCheckInterval) {
    checked_ = now_;
    check_invariants();
  }
  if (probed && was_frozen_) {
    ASSERT_EQ(flips_, flips) << where() << "a probe has changed frozen answers";
  }
}

void World::perform(const roster::StartProbe& effect) {
  const bool slow = slow_probes_ && random_.below(50) == 0;
  const health::Outcome outcome = outcome_of(effect, slow);
  const Duration most = effect.check->timeout;
  const Duration takes = slow || is_cut_off(effect.member)
                             ? most
                             : Duration(static_cast<Duration::rep>(
                                   static_cast<double>(most.count()) * 0.5 * random_.unit()));
  if (!outcome.good && !outcome.withdrawn) refused_[effect.member] = now_ + takes;
  plan(now_ + takes, roster::ProbeDone{effect.probe, outcome});
}

health::Outcome World::outcome_of(const roster::StartProbe& effect, bool slow) {
  const bool witness = effect.check->name == "witness";
  const auto backend = witness ? Backend{} : backends_.at(effect.member);
  const bool cut_off = is_cut_off(effect.member);
  if (cut_off || slow) return {.good = witness && !cut_off, .reason = "no answer"};
  health::Outcome outcome{.good = backend.alive, .reason = {}};
  if (!backend.alive) {
    outcome.withdrawn = backend.withdrawn;
    outcome.reason = backend.withdrawn ? "maint" : "refused";
  } else if (random_.below(20) == 0) {
    outcome.degraded = true;
    outcome.reason = "certificate expires soon";
  }
  if (random_.below(20) == 0) outcome.percent = static_cast<std::uint8_t>(random_.below(101));
  return outcome;
}

void World::perform(const roster::KeepSerial& effect) {
  disk_.serial_ceilings[effect.origin] = effect.ceiling;
}

void World::perform(const roster::StoreShares& effect) {
  effect.zone->watch_table().apply(effect.changes);
}

void World::perform(const roster::StoreMasks& effect) {
  effect.zone->watch_table().apply(effect.changes, effect.serial);
  if (published_ != effect.zone) return;
  ++flips_;
  note(fmt::format("serial {}", effect.serial));
  ASSERT_FALSE(last_serial_ && !dns::serial_greater(effect.serial, *last_serial_))
      << where() << "serial " << effect.serial << " after " << *last_serial_;
  last_serial_ = effect.serial;
  ASSERT_FALSE(
      dns::serial_greater(effect.serial, disk_.serial_ceilings.at(*dns::Name::parse(kOrigin))))
      << where() << "published before it was kept";
}

void World::perform(const roster::PublishZone& effect) {
  const bool fresh = effect.zone != nullptr && effect.zone != published_;
  published_ = effect.zone;
  if (!fresh) return;
  const std::uint32_t serial = effect.zone->watch_table().serial();
  note(fmt::format("publish {}", serial));
  ASSERT_FALSE(last_serial_ && !dns::serial_greater(serial, *last_serial_))
      << where() << "published serial " << serial << " after " << *last_serial_;
  last_serial_ = serial;
}

void World::perform(const roster::SendNotify& effect) {
  note(fmt::format("notify {}", effect.serial));
}

void World::perform(const roster::RestartService& effect) {
  ++restarts_;
  EXPECT_FALSE(roster_->status(now_).frozen) << where() << "a restart for what may be our fault";
  std::string pool;
  for (const roster::PoolStatus& status : roster_->status(now_).pools) {
    for (const roster::MemberStatus& member : status.members) {
      if (member.address != effect.member || member.restart.empty()) continue;
      pool = status.name.to_display();
      EXPECT_EQ(member.health, Health::down) << where() << "restart of a member that is not down";
      EXPECT_EQ(member.override_kind, OverrideKind::automatic)
          << where() << "restart of a member that an operator has in hand";
      const auto spec = std::ranges::find(pools_, status.name, &roster::PoolSpec::name);
      EXPECT_LE(now_ - refused_[effect.member], worst_case(spec->checks[0], 0))
          << where() << "restart of a member that asked to be left out";
    }
  }
  note(fmt::format("restart {} in {}", effect.member.to_string(), pool));
  EXPECT_EQ(restarts_open_[pool]++, 0) << where() << "two restarts at once in " << pool;
  restart_pool_[effect.restart] = pool;
  std::vector<Instant>& before = restarts_asked_[{pool, effect.member}];
  if (!before.empty()) {
    EXPECT_GE(now_ - before.back(), 5min) << where() << "two restarts within 5 minutes";
  }
  if (before.size() >= 3) {
    EXPECT_GE(now_ - before[before.size() - 3], 1h) << where() << "four restarts within an hour";
  }
  before.push_back(now_);
  // The agent mends it, fails, or takes its time; a reply may come twice.
  const bool ok = random_.below(2) == 0;
  if (ok) backends_.at(effect.member) = {true, now_};
  const Duration takes = std::chrono::milliseconds(100 + random_.below(60000));
  plan(now_ + takes, roster::AgentReplied{effect.restart, ok, "done"});
  if (random_.below(10) == 0) {
    plan(now_ + takes + 1s, roster::AgentReplied{effect.restart, ok, "done"});
  }
}

void World::perform(const roster::Happening& effect) {
  note(effect.subject);
  if (effect.kind == roster::HappeningKind::frozen) {
    ++freezes_;
    EXPECT_TRUE(effect.alert) << where();
  }
  if (effect.kind == roster::HappeningKind::thawed) disturbed_ = now_;
  if (was_frozen_ && effect.kind == roster::HappeningKind::dropped) {
    EXPECT_FALSE(effect.alert) << where() << "one alert is enough: " << effect.subject;
  }
  const bool ended = effect.kind == roster::HappeningKind::restart_done ||
                     effect.kind == roster::HappeningKind::restart_failed;
  if (ended) --restarts_open_[effect.name.to_display()];
}

void World::perform(const roster::WakeAt& effect) {
  wake_ = effect.at;
  plan(effect.at, roster::Tick{}, true);
}

void World::perform(const roster::SaveHealth& effect) {
  disk_.health = effect.health;
}

void World::note(const std::string& line) {
  trace_ += fmt::format("{} {}\n", now_.time_since_epoch().count(), line);
}

std::string World::where() const {
  return fmt::format(
      "seed {} at {} ms: ", seed_,
      std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count());
}

}  // namespace rollcall::sim
