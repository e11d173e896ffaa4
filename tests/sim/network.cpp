/// The world's network: who answers a probe and how, connections and their ends, deaths.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "sim/world.hpp"

namespace rollcall::sim {

using namespace std::chrono_literals;
using pool::State;

namespace {

constexpr Duration kKeepAliveFirst = 15s;  // then our own kernel gives up who is silent
constexpr Duration kKeepAliveLast = 30s;

}  // namespace

Duration World::some(Duration least, Duration most) {
  const auto span = static_cast<double>((most - least).count());
  return least + Duration(static_cast<Duration::rep>(span * random_.unit()));
}

/// Most are near; a few are so far away that no refusal comes at once. Half of them close what is
/// idle, some sooner than it was opened.
void World::add_backend(const IpAddress& address) {
  Backend& backend = backends_[address];
  backend.round_trip = random_.below(8) == 0 ? some(30ms, 90ms) : some(100us, 3ms);
  constexpr std::array<Duration, 6> kLimits{1ms, 200ms, 3s, 9900ms, 30s, 2min};
  if (random_.below(2) == 0) {
    backend.idle_limit = kLimits[random_.below(static_cast<std::uint32_t>(kLimits.size()))];
  }
}

void World::perform(const roll::StartProbe& effect) {
  if (effect.check->name == "owner") {  // of a floating address
    const bool good = !cut_ && nodes_.answers_ping(effect.member);
    return plan(now_ + nodes_.round_trip(), roll::ProbeDone{effect.probe, {.good = good}});
  }
  const bool witness = effect.check->name == "witness";
  const Reply reply = witness ? reply_of_witness(effect) : reply_of(effect);
  if (witness) {
    witness_runs_[effect.probe] = effect.member;
  } else {
    note_word(effect, reply);
    blame(wires_.probe_starts(effect, now_, now_ + reply.takes));
  }
  plan(now_ + reply.takes, roll::ProbeDone{effect.probe, reply.outcome});
}

/// A restart is for who has had a bad probe, and did not ask to be left out.
void World::note_word(const roll::StartProbe& effect, const Reply& reply) {
  if (reply.outcome.unknown) {  // what was said last holds as long as nobody can be asked
    if (refused_.contains(effect.member)) refused_[effect.member] = now_ + reply.takes;
    return;
  }
  bool& withdrawn = withdrawn_[effect.probe];
  if (!reply.outcome.silent) withdrawn = reply.outcome.withdrawn;
  if (!reply.outcome.good && !withdrawn) refused_[effect.member] = now_ + reply.takes;
}

World::Reply World::reply_of_witness(const roll::StartProbe& effect) {
  const health::CheckSpec& check = *effect.check;
  const bool slow = slow_probes_ && random_.below(50) == 0;
  if (cut_ || slow || effect.member == mute_witness_)
    return {{.good = false, .reason = "no answer"}, check.timeout};
  return {{.good = true, .reason = {}}, some(0s, check.timeout / 2)};
}

World::Reply World::reply_of(const roll::StartProbe& effect) {
  const Backend& backend = backends_.at(effect.member);
  const Duration timeout = effect.check->timeout;
  const bool slow = slow_probes_ && random_.below(50) == 0;
  if (is_cut_off(effect.member) || slow || backend.silent) {
    health::Outcome none{.good = false, .reason = "no answer"};
    none.silent = slow && random_.below(2) == 0;  // it was our own fault
    return {none, timeout};
  }
  if (slow_probes_ && random_.below(50) == 0) {
    return {
        {.good = false, .reason = "no descriptor", .silent = true, .unknown = true, .scarce = true},
        0s};
  }
  if (!backend.alive) {
    health::Outcome dead{.good = false, .reason = "maint", .withdrawn = backend.withdrawn};
    if (!backend.withdrawn) {
      dead.refused = now_ >= backend.refuses_from;
      dead.reason = dead.refused ? "refused" : "reset";
    }
    return {dead, backend.round_trip};
  }
  health::Outcome alive{.good = true, .reason = {}};
  if (random_.below(20) == 0) {
    alive.degraded = true;
    alive.reason = "certificate expires soon";
  }
  if (random_.below(20) == 0) alive.percent = static_cast<std::uint8_t>(random_.below(101));
  return {alive, some(backend.round_trip, timeout / 2)};
}

void World::perform(const roll::HoldWire& effect) {
  blame(wires_.hold(effect, now_));
  if (testing::Test::HasFailure()) return;
  const Wires::Wire wire = wires_.wire_of(effect.wire);
  const Backend& backend = backends_.at(effect.target.address);
  const bool unheard = is_cut_off(effect.target.address) || backend.silent;
  if (unheard) return plan(now_ + effect.limit, WireEnd{wire});
  const bool full = random_.below(50) == 0;  // it is well, and takes no more connections
  if (!backend.alive || full) return plan(now_ + backend.round_trip, WireEnd{wire});
  wires_.connected(effect.wire);
  if (backend.idle_limit == 0s) return;
  const Duration idle = some(backend.idle_limit, backend.idle_limit * 11 / 10);
  plan(now_ + backend.round_trip + idle, WireEnd{wire, effect.target.address});
}

void World::perform(const roll::DropWire& effect) {
  blame(wires_.drop(effect.wire));
  tell_again(effect.wire);
}

/// Now and then an end is told twice, or though the wire was dropped.
void World::tell_again(roll::WireId wire) {
  if (random_.below(8) == 0) plan(now_ + some(0s, 5ms), StrayEnd{wire});
}

void World::happen(const WireEnd& end) {
  if (end.from) {
    const Backend& backend = backends_.at(*end.from);
    // It says so again and again, until it is heard.
    const bool unheard = is_cut_off(*end.from) || backend.silent;
    if (unheard) return plan(now_ + some(1s, 30s), WireEnd(end));
  }
  if (!wires_.end(end.wire.run, end.wire.number, now_)) return;
  ++wire_ends_;
  step(roll::WireEnded{end.wire.run});
  tell_again(end.wire.run);
}

void World::happen(const StrayEnd& end) {
  if (!wires_.is_held(end.wire)) step(roll::WireEnded{end.wire});
}

void World::end_wires(const IpAddress& member, Duration within) {
  const Duration way = backends_.at(member).round_trip / 2;
  for (const Wires::Wire& wire : wires_.to(member)) {
    plan(now_ + way + some(0s, within), WireEnd{wire, member});
  }
}

/// Who is silent is given up by our own kernel, or never.
void World::give_up(const std::vector<Wires::Wire>& wires) {
  for (const Wires::Wire& wire : wires) {
    if (random_.below(2) == 0) plan(now_ + some(kKeepAliveFirst, kKeepAliveLast), WireEnd{wire});
  }
}

/// Its process dies, or its agent says that it shall be left out, or it is not heard any more.
void World::die(const IpAddress& member, Fate fate) {
  Backend& backend = backends_.at(member);
  backend.alive = false;
  backend.changed = now_;
  backend.withdrawn = fate == Fate::withdrawn;
  backend.silent = fate == Fate::host;
  backend.refuses_from = now_ + some(0s, kResetsWithin);
  if (fate == Fate::host) give_up(wires_.to(member));
  if (fate != Fate::process) return;
  // A check that is new is probed within a second: until then nobody knows of it here.
  const bool settled = now_ > std::max(started_, disturbed_) + 2s;
  const bool nearby = !cut_ && !slow_probes_ && backend.round_trip <= kNearby;
  if (settled && nearby && wires_.guards(member, now_)) {
    plan(falls_by(member), Deadline{member, now_});
  }
  end_wires(member, kEndsWithin);
}

/// When the answers are without a member whose process dies now, and whose every check is wired
/// and falls fast: its wires have ended, the probe under way has ended or timed out, and one that
/// began after the member refused has come back. Probes follow each other by pauses that are as
/// long as the time since the end, so one begins before that time has doubled.
Instant World::falls_by(const IpAddress& member) const {
  const Duration way = backends_.at(member).round_trip;
  const Instant asked = std::max(now_ + way + kEndsWithin, wires_.answers_by(member));
  return asked + 100ms + 5 * way;
}

void World::happen(const Deadline& deadline) {
  const Backend& backend = backends_.at(deadline.member);
  const Instant died = deadline.died;
  if (backend.alive || backend.changed != died) return;
  if (cut_ || cut_changed_ >= died || disturbed_ >= died) return;
  ++fast_falls_;
  for (const pool::PoolStatus& pool : roster_->status(now_).pools) {
    for (const pool::MemberStatus& member : pool.members) {
      if (member.address != deadline.member) continue;
      ASSERT_EQ(member.observed, State::down)
          << where() << pool.name.to_display() << " " << member.address.to_string()
          << " has refused since " << ms_of(died) << " ms";
    }
  }
  check_invariants();  // and whether it is answered
}

void World::revive(const IpAddress& member) {
  Backend& backend = backends_.at(member);
  const bool was_silent = backend.silent;
  backend.alive = true;
  backend.changed = now_;
  backend.withdrawn = false;
  backend.silent = false;
  // A host that was off knows of no connection; after a partition they stand as before.
  if (was_silent && random_.below(2) == 0) end_wires(member, kKeepAliveFirst);
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
  for (const auto& [address, backend] : backends_) {
    if (is_cut_off(address)) give_up(wires_.to(address));
  }
}

void World::blame(Wires::Fault fault) {
  ASSERT_STREQ(fault, nullptr) << where();
}

}  // namespace rollcall::sim
