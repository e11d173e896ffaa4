#include "sim/world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "zone/load.hpp"

namespace rollcall::sim {
namespace {

using namespace std::chrono_literals;
using roster::Health;
using roster::WhenAllDown;

constexpr const char* kOrigin = "sim.test";

/// The longest that a change may take to be seen: the rest of an interval with its jitter, then
/// `count` probes at fast_interval or interval, whichever is longer, each as long as its timeout.
Duration worst_case(const health::CheckSpec& check, unsigned count) {
  const auto one = static_cast<Duration>(std::max(check.interval, check.fast_interval));
  return Duration(static_cast<Duration::rep>(static_cast<double>(one.count()) * (1 + check.jitter) *
                                             (count + 1))) +
         check.timeout * (count + 1);
}

}  // namespace

World::World(std::uint64_t seed) : seed_(seed), random_(seed), slow_probes_(seed % 2 == 0) {
  make_zone();
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
    if (random_.below(2) == 0) spec.restart = "service";
    spec.when_all_down = random_.below(3) == 0 ? WhenAllDown::fail_closed : WhenAllDown::fail_open;
    pools_.push_back(spec);
    const unsigned members = 1 + random_.below(5);
    for (unsigned m = 0; m < members; ++m) {
      const auto address = *IpAddress::parse(fmt::format("192.0.2.{}", p * 10 + m + 1));
      backends_[address] = {};
      zone_text_ += fmt::format("w{} 1 A {}\n", p, address.to_string());
    }
    zone_text_ += fmt::format("@ MX 10 w{}\n", p);
  }
  make_mx_pool();
}

/// Exchanges with one to three addresses; now and then one that is a pool of addresses itself, and
/// one that nobody here can probe.
void World::make_mx_pool() {
  roster::PoolSpec spec = pools_[0];
  spec.name = *dns::Name::parse(fmt::format("mail.{}", kOrigin));
  spec.records = roster::PoolRecords::mx;
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

void World::start_roster() {
  ++life_;
  started_ = now_;
  published_ = nullptr;
  restarts_open_.clear();
  restarts_asked_.clear();
  restart_pool_.clear();
  wake_.reset();
  roster_ = std::make_unique<roster::Roster>(disk_, random_.next());
  step(configuration());
  reload();
}

roster::Configured World::configuration() const {
  return {.pools = pools_, .origins = {*dns::Name::parse(kOrigin)}};
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
  switch (random_.below(12)) {
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
    default:
      victim->second = {!victim->second.alive, now_};
      note(fmt::format("{} {}", victim->first.to_string(),
                       victim->second.alive ? "returns" : "dies"));
  }
}

void World::step(const roster::Event& event) {
  for (const roster::Effect& effect : roster_->step(event, now_)) {
    std::visit([this](const auto& e) { perform(e); }, effect);
  }
  check_invariants();
}

void World::perform(const roster::StartProbe& effect) {
  const bool slow = slow_probes_ && random_.below(50) == 0;
  const bool good = backends_.at(effect.member).alive && !slow;
  const Duration most = effect.check->timeout;
  const Duration takes = slow ? most
                              : Duration(static_cast<Duration::rep>(
                                    static_cast<double>(most.count()) * 0.5 * random_.unit()));
  plan(now_ + takes, roster::ProbeDone{effect.probe, {good, good ? "" : "no answer"}});
}

void World::perform(const roster::KeepSerial& effect) {
  disk_.serial_ceilings[effect.origin] = effect.ceiling;
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
  std::string pool;
  for (const roster::PoolStatus& status : roster_->status(now_).pools) {
    for (const roster::MemberStatus& member : status.members) {
      if (member.address != effect.member || member.restart.empty()) continue;
      pool = status.name.to_display();
      EXPECT_EQ(member.health, Health::down) << where() << "restart of a member that is not down";
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

void World::check_invariants() {
  const roster::Status status = roster_->status(now_);
  for (const roster::PoolStatus& pool : status.pools) {
    const auto spec = std::ranges::find(pools_, pool.name, &roster::PoolSpec::name);
    ASSERT_NE(spec, pools_.end());
    if (spec->records == roster::PoolRecords::mx) {
      check_mx_pool(pool, *spec, status);
    } else {
      check_pool(pool, *spec);
    }
  }
  if (published_) return;
  // Nobody waits for a first round for longer than its limit.
  ASSERT_LE(now_ - started_, roster::kReadyLimit) << where() << "the zone is not served";
}

/// Evaluates the pool from scratch and holds it against what is stored.
void World::check_pool(const roster::PoolStatus& pool, const roster::PoolSpec& spec) {
  const bool any = std::ranges::any_of(
      pool.members, [](const auto& member) { return member.health != Health::down; });
  const bool answered = any || spec.when_all_down == WhenAllDown::fail_open;
  bool one_live = false;
  for (const roster::MemberStatus& member : pool.members) {
    const bool should = any ? member.health != Health::down : answered;
    ASSERT_EQ(member.live, should)
        << where() << pool.name.to_display() << " " << member.address.to_string();
    one_live |= member.live;
    const Backend& backend = backends_.at(member.address);
    const Instant since = std::max(backend.changed, started_);
    const health::CheckSpec& check = spec.checks[0];
    if (!backend.alive && any) {
      ASSERT_FALSE(member.live && now_ - since > worst_case(check, check.fall))
          << where() << member.address.to_string() << " is dead and answered";
    }
    if (backend.alive && !slow_probes_) {
      ASSERT_TRUE(member.live || now_ - since <= worst_case(check, check.rise))
          << where() << member.address.to_string() << " is alive and left out";
    }
  }
  ASSERT_EQ(one_live, answered) << where() << "an empty answer from " << pool.name.to_display();
}

/// An exchange is answered while one of its addresses is good and the pool that it follows has
/// somebody; where that would leave none, the latter counts not, and then when_all_down does.
void World::check_mx_pool(const roster::PoolStatus& pool, const roster::PoolSpec& spec,
                          const roster::Status& all) {
  struct Exchange {
    bool healthy = false;
    bool present = true;
  };
  std::map<std::string, Exchange> exchanges;
  if (unprobed_exchange_) exchanges["backup.example.net"] = {true, true};
  for (const roster::MemberStatus& member : pool.members) {
    exchanges[member.exchange].healthy |= member.health != Health::down;
  }
  for (const roster::PoolStatus& other : all.pools) {
    const auto followed = exchanges.find(other.name.to_display());
    if (followed == exchanges.end()) continue;
    followed->second.present = std::ranges::any_of(
        other.members, [](const auto& member) { return member.health != Health::down; });
  }
  const auto values = exchanges | std::views::values;
  const bool any_healthy = std::ranges::any_of(values, &Exchange::healthy);
  const bool open = any_healthy || spec.when_all_down == WhenAllDown::fail_open;
  const auto passes = [&](const Exchange& exchange) {
    return any_healthy ? exchange.healthy : open;
  };
  const bool any_left = std::ranges::any_of(
      values, [&](const Exchange& exchange) { return passes(exchange) && exchange.present; });
  for (const roster::MemberStatus& member : pool.members) {
    const Exchange& exchange = exchanges.at(member.exchange);
    ASSERT_EQ(member.live, passes(exchange) && (exchange.present || !any_left))
        << where() << member.exchange << " " << member.address.to_string();
  }
  ASSERT_EQ(pool.failed_open, !any_healthy && open) << where();
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
