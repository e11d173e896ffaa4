/// The reducer with 100,000 members of 2,000 pools: what a step costs while all are up, and while
/// one member in a hundred is down; and the memory of a member.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <functional>
#include <queue>
#include <stdexcept>

#include "roster/roster.hpp"
#include "zone/load.hpp"

namespace rollcall::bench {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kPools = 2000;
constexpr unsigned kMembers = 50;  // of each
constexpr Duration kAnswerTime = 1ms;

dns::Name pool_name(unsigned pool) {
  return *dns::Name::parse(fmt::format("w{}.example.com.", pool));
}

std::shared_ptr<const zone::Zone> crowded_zone() {
  std::string text = "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
  std::vector<dns::Name> pools;
  for (unsigned pool = 0; pool < kPools; ++pool) {
    pools.push_back(pool_name(pool));
    for (unsigned member = 0; member < kMembers; ++member) {
      text += fmt::format("w{} A 10.{}.{}.{}\n", pool, pool / 250, pool % 250, member + 1);
    }
  }
  const zone::LoadReport report =
      zone::load_zone({*dns::Name::parse("example.com."), "zone", pools},
                      [&](const std::string&) -> Result<std::string> { return text; });
  if (!report.zone) throw std::runtime_error(to_string(report.diagnostics.at(0)));
  return report.zone;
}

/// A roster at work: each live member answers its probe a millisecond after the start.
class Crowd {
 public:
  Crowd() : zone_(crowded_zone()), before_(::mallinfo2().uordblks), roster_({}, 1) {
    std::vector<pool::PoolSpec> pools;
    for (unsigned pool = 0; pool < kPools; ++pool) {
      pool::PoolSpec spec{.name = pool_name(pool)};
      spec.checks.push_back({.name = "web", .port = 80, .how = health::TcpCheck{}});
      spec.checks[0].interval = 5s;
      pools.push_back(std::move(spec));
    }
    step(roll::Configured{.pools = std::move(pools), .origins = {zone_->origin()}});
    step(roll::ZoneBuilt{zone_});
    const Instant settled = now_ + 20s;
    while (now_ < settled) next();
  }

  /// Carries out the next event.
  void next() {
    if (!answers_.empty() && (!wake_ || answers_.front().at <= *wake_)) {
      const Answer answer = answers_.front();
      answers_.pop();
      now_ = std::max(now_, answer.at);
      step(roll::ProbeDone{answer.probe, {.good = !answer.dead, .reason = {}}});
    } else {
      now_ = std::max(now_, *std::exchange(wake_, std::nullopt));
      step(roll::Tick{});
    }
  }
  void let_die(bool some) { some_die_ = some; }
  double octets_per_member() const {
    return static_cast<double>(::mallinfo2().uordblks - before_) / (kPools * kMembers);
  }

 private:
  struct Answer {
    Instant at;
    roll::RunId probe;
    bool dead;
  };

  void step(const roll::Event& event) {
    roll::SerialsKept kept;  // as from an infinitely fast disk
    for (const roll::Effect& effect : roster_.step(event, now_)) {
      if (const auto* keep = std::get_if<roll::KeepSerial>(&effect)) {
        kept.kept[keep->origin] = keep->serial;
      }
      if (const auto* wake = std::get_if<roll::WakeAt>(&effect)) wake_ = wake->at;
      if (const auto* start = std::get_if<roll::StartProbe>(&effect)) {
        const bool dead =
            some_die_ && start->member.octets()[3] == 7 && start->probe.value % 2 == 0;
        answers_.push({now_ + kAnswerTime, start->probe, dead});
      }
    }
    if (!kept.kept.empty()) step(kept);
  }

  std::shared_ptr<const zone::Zone> zone_;
  std::size_t before_;
  roster::Roster roster_;
  Instant now_{1h};
  std::optional<Instant> wake_;
  std::queue<Answer> answers_;
  bool some_die_ = false;
};

void step_of_100000(benchmark::State& state) {
  static Crowd crowd;
  crowd.let_die(state.range(0) != 0);
  for (auto _ : state) crowd.next();
  state.counters["octets_per_member"] = crowd.octets_per_member();
}
BENCHMARK(step_of_100000)->Arg(0)->Arg(1);

}  // namespace
}  // namespace rollcall::bench

BENCHMARK_MAIN();
