/// What the world's server leaves behind, read under the calendar of the day when it comes back.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/world.hpp"
#include "state/state_text.hpp"

namespace rollcall::sim {

using namespace std::chrono_literals;
using pool::State;

WallTime World::wall() const {
  constexpr WallTime kBegin{std::chrono::milliseconds(1'800'000'000'000)};
  return kBegin + std::chrono::floor<std::chrono::milliseconds>(now_.time_since_epoch()) + skew_;
}

/// The calendar is set, by seconds or hours, forwards or backwards.
void World::step_clock() {
  const std::int64_t most = random_.below(2) == 0 ? 10'000 : 10'000'000;
  restarts_asked_.clear();  // how long ago they were is told by the calendar over a restart
  skew_ += std::chrono::milliseconds(random_.below(static_cast<std::uint32_t>(2 * most)) - most);
  note("the clock steps");
}

WallTime World::calendar(Instant at) const {
  return wall() + std::chrono::ceil<std::chrono::milliseconds>(at - now_);
}

namespace {

/// Files have milliseconds.
Duration on_disk(Duration left) {
  return std::chrono::ceil<std::chrono::milliseconds>(left);
}

}  // namespace

/// As the server's files have it.
pool::SavedState World::disk_as_of_now() const {
  pool::SavedState state = disk_;
  const auto overrides =
      state::parse_overrides(state::format_overrides(disk_.overrides, overrides_saved_), wall());
  EXPECT_TRUE(overrides.unread.empty()) << where() << "what was saved is not read";
  state.overrides = overrides.value;
  state.restarts =
      state::parse_restarts(state::format_restarts(disk_.restarts, restarts_saved_), wall()).value;
  const auto health =
      state::parse_health(state::format_health(disk_.health, health_saved_), wall());
  state.health = health.value_or(pool::SavedHealth{});
  return state;
}

/// What an operator has said ends by the calendar where the server was away.
void World::recall_overrides() {
  const auto recall = [this](std::optional<Instant>& until, WallTime& saved, Duration& left) {
    if (!until) return true;
    left = std::min<Duration>(saved - wall(), left);
    until = now_ + left;
    saved = calendar(*until);  // a start writes them again
    return left > 0s;
  };
  for (auto said = said_.begin(); said != said_.end();) {
    const bool holds = recall(said->second.until, said->second.saved_end, said->second.saved_left);
    said = holds ? std::next(said) : said_.erase(said);
  }
  normal_ = normal_ && recall(normal_until_, normal_saved_end_, normal_saved_left_);
}

/// Mostly it has room. When it has again, what waits is written.
void World::fill_or_empty_disk() {
  disk_full_ = !disk_full_ && random_.below(4) == 0;
  note(disk_full_ ? "the disk is full" : "the disk has room");
  plan(now_ + some(0s, 1s), DiskWrites{});
}

void World::happen(const DiskWrites&) {
  if (unwritten_.empty()) return;
  if (disk_full_) {
    step(roll::SerialsKept{{}, "No space left on device"});
    return;
  }
  const pool::SavedSerials kept = std::exchange(unwritten_, {});
  for (const auto& [origin, serial] : kept) disk_.serials[origin] = serial;
  step(roll::SerialsKept{kept});
}

/// What an AXFR sends.
std::string World::content_of(const zone::Zone& zone) const {
  std::string content = loaded_;
  const auto sent = zone.watch_table().snapshot();
  for (const std::uint64_t mask : sent ? sent->masks : std::vector<std::uint64_t>{}) {
    content += fmt::format(" {:x}", mask);
  }
  return content;
}

void World::perform(const roll::SaveHealth& effect) {
  disk_.health = effect.health;
  health_saved_ = wall();
}

void World::perform(const roll::SaveOverrides& effect) {
  disk_.overrides = effect.overrides;
  overrides_saved_ = wall();
  for (auto& [member, said] : said_) {
    if (!said.until) continue;
    said.saved_end = calendar(*said.until);
    said.saved_left = on_disk(*said.until - now_);
  }
  if (!normal_until_) return;
  normal_saved_end_ = calendar(*normal_until_);
  normal_saved_left_ = on_disk(*normal_until_ - now_);
}

void World::perform(const roll::SaveRestarts& effect) {
  disk_.restarts = effect.restarts;
  restarts_saved_ = wall();
  restarts_written_ = now_;
}

/// A server that starts believes what was saved in the last ten minutes, and nothing older.
void World::check_start() {
  const Duration age = wall() - health_saved_;
  const bool fresh = age >= 0s && age <= 10min;
  for (const pool::PoolStatus& pool : roster_->status(now_).pools) {
    const auto spec = std::ranges::find(pools_, pool.name, &pool::PoolSpec::name);
    if (spec->records == pool::PoolRecords::mx || spec->checks.size() > 1) continue;
    for (const pool::MemberStatus& member : pool.members) {
      const auto saved = std::ranges::find_if(disk_.health.members, [&](const auto& one) {
        return one.pool == pool.name && one.address == member.address;
      });
      State wanted = State::unknown;
      if (fresh && saved != disk_.health.members.end()) {
        wanted = saved->up ? State::up : State::down;
      }
      ASSERT_EQ(member.observed, wanted)
          << where() << member.address.to_string() << " by a state of " << age / 1s << " s ago";
    }
  }
}

/// Shuts down in order, or crashes: what was written before stays. It comes back at once or later.
void World::restart_server(bool crash) {
  note(crash ? "crash" : "stop");
  ending_ = !crash;
  if (ending_) step(roll::Stopping{});
  for (auto& [member, times] : restarts_asked_) {  // what a crash makes us forget
    std::erase_if(times, [&](Instant at) { return at > restarts_written_; });
  }
  if (random_.below(4) == 0) {  // the time in which nobody serves is not lived through
    const Duration away = some(1s, 15min);
    now_ += away;
    end_ += away;
  }
  if (random_.below(4) == 0) step_clock();
  recall_overrides();
  start_roster();
  check_start();
}

}  // namespace rollcall::sim
