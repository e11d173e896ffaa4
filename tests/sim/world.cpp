#include "sim/world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/invariant.hpp"
#include "zone/load.hpp"

namespace rollcall::sim {
namespace {

using namespace std::chrono_literals;
using pool::OverrideKind;
using pool::State;

constexpr Duration kQuietCheckInterval = 2s;  // what time alone changes is seen by then

}  // namespace

World::World(std::uint64_t seed)
    : seed_(seed), random_(seed), slow_probes_(seed % 2 == 0), nodes_(seed) {
  set_on_broken_invariant([](const std::string& line) { throw BrokenInvariant(line); });
  make_zone();
  make_guard();
  start_roster();
}

void World::start_roster() {
  was_frozen_ = false;
  started_ = now_;
  published_ = nullptr;
  restarts_open_.clear();
  withdrawn_.clear();
  wires_.begin(max_wires_);
  plans_.clear();
  unwritten_.clear();
  ending_ = false;
  wake_.reset();
  const pool::SavedState read = disk_as_of_now();
  disk_.overrides = read.overrides;  // what is over is not kept
  witness_runs_.clear();
  nodes_.forget_asked();
  voters_.clear();
  for (const pool::SavedWitness& saved : read.health.witnesses) voters_.insert(saved.address);
  overrides_saved_ = wall();
  roster_ = std::make_unique<roster::Roster>(read, random_.next());
  step(configuration());
  reload();
}

roll::Configured World::configuration() const {
  std::vector<pool::PoolSpec> pools = pools_;
  if (absent_) pools.erase(pools.begin() + static_cast<std::ptrdiff_t>(*absent_));
  return {.pools = std::move(pools),
          .origins = {*dns::Name::parse(kOrigin)},
          .guard = guard_,
          .max_wires = max_wires_,
          .take_overs = nodes_.take_overs()};
}

void World::reload() {
  const std::string text = fmt::format(
      "$TTL 60\n@ SOA ns root {} 2 3 4 5\n@ NS ns\nns A 192.0.2.250\n{}", file_serial_, zone_text_);
  std::vector<dns::Name> names;
  std::vector<dns::Name> mx_names;
  for (const pool::PoolSpec& pool : configuration().pools) {
    (pool.records == pool::PoolRecords::mx ? mx_names : names).push_back(pool.name);
  }
  zone::LoadReport report =
      zone::load_zone({*dns::Name::parse(kOrigin), "sim", names, mx_names},
                      [&](const std::string&) -> Result<std::string> { return text; });
  ASSERT_TRUE(report.zone) << where() << to_string(report.diagnostics.at(0));
  loaded_ = text;
  for (const auto& rrset : report.zone->watched()) loaded_ += rrset.owner.to_text();
  step(roll::ZoneBuilt{report.zone, loaded_});
}

void World::plan(Instant at, Plan what) {
  plans_.push_back({at, next_order_++, std::move(what)});
  std::push_heap(plans_.begin(), plans_.end());
}

World::Planned World::take_plan() {
  std::pop_heap(plans_.begin(), plans_.end());
  Planned planned = std::move(plans_.back());
  plans_.pop_back();
  return planned;
}

void World::run(Duration duration) {
  end_ = now_ + duration;
  while (now_ < end_ && !testing::Test::HasFailure()) {
    const Duration until_upset = std::chrono::milliseconds(200 + random_.below(20000));
    const Instant upset_at = std::min(end_, now_ + until_upset);
    while (!plans_.empty() && plans_.front().at <= upset_at && !testing::Test::HasFailure()) {
      const Planned planned = take_plan();
      now_ = std::max(now_, planned.at);
      std::visit([this](const auto& what) { happen(what); }, planned.what);
    }
    if (testing::Test::HasFailure()) return;
    now_ = std::max(now_, upset_at);
    check_invariants();  // also of what nobody has been woken for
    upset();
  }
}

void World::happen(const roll::Event& event) {
  if (const auto* reply = std::get_if<roll::NodeReplied>(&event)) nodes_.replied(*reply);
  step(event);
}

void World::happen(const Wake&) {
  if (wake_ != now_) return;  // a later WakeAt has replaced it
  wake_.reset();
  step(roll::Tick{});
}

/// What the world does of its own accord.
void World::upset() {
  nodes_.upset();
  auto victim = backends_.begin();
  std::advance(victim, random_.below(static_cast<std::uint32_t>(backends_.size())));
  switch (random_.below(18)) {
    case 17:
      fill_or_empty_disk();
      break;
    case 16:
      step_clock();
      break;
    case 15:
      change_pool();
      break;
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
    case 3: {
      const Fate fate = random_.below(2) == 0 ? Fate::host : Fate::process;
      for (const auto& [address, backend] : backends_) die(address, fate);
      note("all die");
      break;
    }
    case 4:
    case 5:
      speak();
      break;
    default: {
      constexpr std::array<Fate, 4> kFates{Fate::process, Fate::process, Fate::host,
                                           Fate::withdrawn};
      const bool dies = victim->second.alive;
      dies ? die(victim->first, kFates[random_.below(4)]) : revive(victim->first);
      note(fmt::format("{} {}", victim->first.to_string(), dies ? "dies" : "returns"));
    }
  }
}

/// A reload with news: a pool is gone or back, or has other checks and another policy.
void World::change_pool() {
  const auto which = random_.below(static_cast<std::uint32_t>(pools_.size()));
  pool::PoolSpec& pool = pools_[which];
  const bool stays = random_.below(2) == 0;
  const Duration under_way = pool.checks[0].timeout;  // of probes that began before
  if (!stays) {
    absent_ = absent_ ? std::nullopt : std::optional<std::size_t>(which);
  } else {
    change_checks(pool);
    change_policy(pool);
  }
  const std::string name = pool.name.to_display();
  note(stays ? "other checks of " + name : absent_ ? "no pool " + name : "all pools are back");
  disturbed_ = now_ + under_way;
  wires_.reload(now_);
  half_read_ = true;  // it takes hold with the zone
  step(configuration());
  half_read_ = false;
  if (!stays && absent_) {  // with its members goes what was said and done of them
    std::erase_if(said_, [&](const auto& said) { return std::get<0>(said.first) == name; });
    restarts_open_.erase(name);
  }
  reload();
}

void World::step(const roll::Event& event) {
  const bool probed = was_frozen_ && std::holds_alternative<roll::ProbeDone>(event);
  const std::uint64_t before = answers_changed_;
  const auto* ended = std::get_if<roll::ProbeDone>(&event);
  if (ended != nullptr) wires_.probe_ends(roll::wire_of(ended->probe), ended->outcome.good, now_);
  if (ended != nullptr && ended->outcome.scarce) wires_.run_short(now_);
  if (ended != nullptr) note_vote(*ended);
  bool quiet = true;  // nothing but probes, as in most steps
  for (const roll::Effect& effect : step_roster(event)) {
    quiet &= std::holds_alternative<roll::StartProbe>(effect) ||
             std::holds_alternative<roll::WakeAt>(effect);
    std::visit([this](const auto& e) { perform(e); }, effect);
  }
  if (ended != nullptr) blame(wires_.fault_after(roll::wire_of(ended->probe), now_));
  if (!half_read_ && (!quiet || now_ >= checked_ + kQuietCheckInterval)) {
    checked_ = now_;
    check_invariants();
  }
  if (probed && was_frozen_) {
    ASSERT_EQ(answers_changed_, before) << where() << "a probe has changed frozen answers";
  }
}

/// An invariant that breaks says which, and the seed.
const std::vector<roll::Effect>& World::step_roster(const roll::Event& event) {
  static const std::vector<roll::Effect> kNone;
  try {
    const std::vector<roll::Effect>& effects = roster_->step(event, now_);
    roster_->check_invariants();
    return effects;
  } catch (const BrokenInvariant& broken) {
    ADD_FAILURE() << where() << broken.what();
    return kNone;
  }
}

void World::note_vote(const roll::ProbeDone& ended) {
  const auto witness = witness_runs_.find(ended.probe);
  if (witness != witness_runs_.end() && ended.outcome.good) voters_.insert(witness->second);
}

void World::perform(const roll::KeepSerial& effect) {
  unwritten_[effect.origin] = effect.serial;
  if (!ending_) return plan(now_ + some(0s, 50ms), DiskWrites{});
  if (!disk_full_) disk_.serials[effect.origin] = effect.serial;
}

void World::perform(const roll::StoreLive& effect) {
  const zone::WatchTable& table = effect.zone->watch_table();
  const bool flips = std::ranges::any_of(effect.changes, [](const roll::LiveChange& change) {
    return change.mask_before != change.mask_after;
  });
  const bool seen = std::ranges::any_of(effect.changes, [&](const roll::LiveChange& change) {
    return table.mask(change.watch.value) != change.mask_after;
  });
  if (seen && published_ == effect.zone) ++answers_changed_;
  const auto before = table.snapshot();
  for (const roll::LiveChange& change : effect.changes) {
    const std::uint32_t watch = change.watch.value;
    if (effect.published && !before) continue;  // nothing has been transferred yet
    const std::uint64_t was = effect.published ? before->masks[watch] : table.mask(watch);
    ASSERT_EQ(change.mask_before, was) << where() << "a change of what was not so";
  }
  table_.take(effect);
  if (!effect.published) {
    const auto after = table.snapshot();
    if (published_ != effect.zone) return;
    flips_ += flips ? 1U : 0U;
    withheld_ += flips ? 1U : 0U;
    ASSERT_EQ(before.has_value(), after.has_value()) << where();
    ASSERT_TRUE(!before || (before->serial == after->serial && before->masks == after->masks))
        << where() << "secondaries get what is not on disk";
    return;
  }
  if (published_ == effect.zone) ++flips_;
  note(fmt::format("serial {}", effect.serial));
  const std::string content = content_of(*effect.zone);
  if (last_serial_ == effect.serial) {
    ++unchanged_;
    ASSERT_EQ(content, last_content_) << where() << effect.serial << " has two contents";
  } else {
    ASSERT_FALSE(last_serial_ && !dns::serial_greater(effect.serial, *last_serial_))
        << where() << "serial " << effect.serial << " after " << *last_serial_;
  }
  last_serial_ = effect.serial;
  last_content_ = content;
  ASSERT_FALSE(
      dns::serial_greater(effect.serial, disk_.serials.at(*dns::Name::parse(kOrigin)).ceiling))
      << where() << "published before it was kept";
}

void World::perform(const roll::PublishZone& effect) {
  const bool fresh = effect.zone != nullptr && effect.zone != published_;
  published_ = effect.zone;
  if (!fresh) return;
  note(fmt::format("publish {}", effect.zone->watch_table().serial()));
  const auto sent = effect.zone->watch_table().snapshot();
  ASSERT_TRUE(!sent || sent->serial == last_serial_) << where() << "a serial from nowhere";
}

void World::perform(const roll::SendNotify& effect) {
  note(fmt::format("notify {}", effect.serial));
  ASSERT_EQ(effect.serial, last_serial_) << where() << "nothing is published under it";
}

void World::perform(const pool::Notice& effect) {
  note(pool::subject_of(effect));
  if (effect.kind == pool::NoticeKind::frozen) {
    ++freezes_;
    EXPECT_TRUE(effect.alert) << where();
    EXPECT_FALSE(voters_.empty() &&
                 std::get<pool::FreezeFacts>(effect.facts).why == pool::Isolation::witnesses_silent)
        << where() << "no witness has a vote: " << pool::subject_of(effect);
  }
  if (effect.kind == pool::NoticeKind::thawed) {
    disturbed_ = now_;
    wires_.disturb(now_);
  }
  if (effect.kind == pool::NoticeKind::restart_asked) asked_ = effect.name.to_display();
  if (was_frozen_ && effect.kind == pool::NoticeKind::dropped) {
    EXPECT_FALSE(effect.alert) << where() << "one alert is enough: " << pool::subject_of(effect);
  }
  const bool ended = effect.kind == pool::NoticeKind::restart_done ||
                     effect.kind == pool::NoticeKind::restart_failed;
  if (!ended || wanted_) return;  // one that is refused has not begun
  --restarts_open_[effect.name.to_display()];
  wires_.disturb(now_);  // the member is probed at once
}

void World::perform(const roll::WakeAt& effect) {
  wake_ = effect.at;
  plan(effect.at, Wake{});
}

void World::note(const std::string& line) {
  trace_ += fmt::format("{} {}\n", now_.time_since_epoch().count(), line);
}

std::string World::where() const {
  return fmt::format("seed {} at {} ms: ", seed_, ms_of(now_));
}

}  // namespace rollcall::sim
