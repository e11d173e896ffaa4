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
using roster::WhenAllDown;

constexpr const char* kOrigin = "sim.test";
constexpr Duration kQuietCheckInterval = 500ms;  // what time alone changes is seen by then

}  // namespace

World::World(std::uint64_t seed) : seed_(seed), random_(seed), slow_probes_(seed % 2 == 0) {
  make_zone();
  make_guard();
  start_roster();
}

void World::make_zone() {
  const unsigned count = 1 + random_.below(4);
  for (unsigned p = 0; p < count; ++p) {
    roster::PoolSpec spec;
    spec.name = *dns::Name::parse(fmt::format("w{}.{}", p, kOrigin));
    const Duration interval = std::chrono::seconds(1 + random_.below(10));
    spec.checks.push_back({.name = "check",
                           .port = 80,
                           .how = health::TcpCheck{},
                           .interval = interval,
                           .fast_interval = std::min<Duration>(interval, 500ms),
                           .timeout = interval / 2,
                           .rise = static_cast<std::uint16_t>(1 + random_.below(3)),
                           .fall = static_cast<std::uint16_t>(1 + random_.below(4))});
    if (random_.below(3) == 0) {
      spec.checks.push_back(spec.checks[0]);
      spec.checks[1].name = "other";
      spec.needed = static_cast<std::uint16_t>(random_.below(3));
    }
    if (random_.below(2) == 0) spec.restart = "service";
    std::vector<IpAddress> addresses;
    const unsigned members = 1 + random_.below(5);
    for (unsigned m = 0; m < members; ++m) {
      const auto address = *IpAddress::parse(fmt::format("192.0.2.{}", p * 10 + m + 1));
      backends_[address] = {};
      addresses.push_back(address);
      zone_text_ += fmt::format("w{} 1 A {}\n", p, address.to_string());
    }
    give_policy(spec, addresses);
    pools_.push_back(spec);
    zone_text_ += fmt::format("@ MX 10 w{}\n", p);
  }
  make_mx_pool();
}

/// In one pool of three a share that must be up, in one of three backups, in one of four a
/// fallback: the last of its members.
void World::give_policy(roster::PoolSpec& spec, const std::vector<IpAddress>& members) {
  spec.when_all_down = random_.below(3) == 0 ? WhenAllDown::fail_closed : WhenAllDown::fail_open;
  spec.flap_damping = random_.below(4) == 0;
  if (random_.below(4) == 0) {
    spec.failback = random_.below(3) == 0 ? std::nullopt : std::optional<Duration>(10s);
  }
  spec.observe_only = random_.below(8) == 0;
  if (random_.below(3) == 0) spec.min_healthy = 20 + random_.below(81);
  if (random_.below(3) == 0) {
    for (const IpAddress& member : members) {
      if (random_.below(2) == 0) spec.members[member].tier = roster::Tier::backup;
    }
  }
  if (random_.below(3) == 0) spec.max_answers = 1 + random_.below(3);
  if (random_.below(3) == 0) spec.ramp_up = std::chrono::seconds(1 + random_.below(60));
  if (random_.below(3) == 0) {
    for (const IpAddress& member : members) {
      spec.members[member].weight = static_cast<std::uint8_t>(random_.below(4));
    }
  }
  if (members.size() > 1 && random_.below(4) == 0) {
    spec.when_all_down = WhenAllDown::fallback;
    spec.members[members.back()].tier = roster::Tier::fallback;
  }
}

/// Exchanges with one to three addresses; now and then one that is a pool of addresses itself, and
/// one that nobody here can probe.
void World::make_mx_pool() {
  roster::PoolSpec spec = pools_[0];
  spec.name = *dns::Name::parse(fmt::format("mail.{}", kOrigin));
  spec.records = roster::PoolRecords::mx;
  spec.members.clear();
  if (random_.below(3) == 0) {
    spec.exchanges[*dns::Name::parse(fmt::format("x0.{}", kOrigin))].tier = roster::Tier::backup;
  }
  pools_.push_back(spec);
  const unsigned exchanges = 1 + random_.below(3);
  for (unsigned x = 0; x < exchanges; ++x) {
    const unsigned addresses = 1 + random_.below(3);
    for (unsigned a = 0; a < addresses; ++a) {
      const auto address = *IpAddress::parse(fmt::format("198.51.100.{}", x * 10 + a + 1));
      backends_[address] = {};
      zone_text_ += fmt::format("x{} A {}\n", x, address.to_string());
    }
    zone_text_ += fmt::format("mail MX 10 x{}\n", x);
  }
  if (random_.below(4) == 0) {
    zone_text_ += "mail MX 20 w0\n";
    pools_.back().restart.clear();  // one pool alone asks for the restarts of an address
  }
  unprobed_exchange_ = random_.below(4) == 0;
  if (unprobed_exchange_) zone_text_ += "mail MX 30 backup.example.net.\n";
}

/// In one world of three two witnesses that never die, in one of two no limit to a drop.
void World::make_guard() {
  if (random_.below(2) == 0) guard_.max_drop = 100;
  if (random_.below(3) != 0) return;
  health::CheckSpec check{.name = "witness", .port = 80, .how = health::TcpCheck{}};
  check.interval = 2s;
  check.fast_interval = 250ms;
  check.timeout = 200ms;
  for (const char* witness : {"203.0.113.1", "203.0.113.2"}) {
    guard_.witnesses.push_back({*IpAddress::parse(witness), check});
  }
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
  const Duration takes = slow || cut_
                             ? most
                             : Duration(static_cast<Duration::rep>(
                                   static_cast<double>(most.count()) * 0.5 * random_.unit()));
  if (!outcome.good && !outcome.withdrawn) refused_[effect.member] = now_ + takes;
  plan(now_ + takes, roster::ProbeDone{effect.probe, outcome});
}

health::Outcome World::outcome_of(const roster::StartProbe& effect, bool slow) {
  const bool witness = effect.check->name == "witness";
  const auto backend = witness ? Backend{} : backends_.at(effect.member);
  if (cut_ || slow) return {.good = witness && !cut_, .reason = "no answer"};
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
