#include "sim/wires.hpp"

#include <algorithm>

namespace rollcall::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kShortLife = 10s;
constexpr Duration kLongestPause = 512s;
constexpr Duration kShortPause = 1min;

}  // namespace

void Wires::begin(std::size_t limit) {
  runs_.clear();
  held_ = 0;
  limit_ = limit;
  short_until_ = {};
}

void Wires::disturb(Instant now) {
  for (auto& [id, run] : runs_) run.disturb(now);
}

void Wires::run_short(Instant now) {
  short_until_ = now + kShortPause;
}

void Wires::reload(Instant now) {
  disturb(now);
  for (auto& [id, run] : runs_) {
    run.reloaded = true;
    run.least = {};  // one whose check has no wire for a while begins anew
  }
}

bool Wires::Run::is_gone(Instant now) const {
  return reloaded && !held && !open && now - started > kLongestRound;
}

void Wires::Run::disturb(Instant now) {
  calm_since = now;
  calm_probes = 0;
  calm_ends = 0;
}

/// The first is forgiven; from the second on the pause doubles.
void Wires::Backoff::end(Duration life, Instant now) {
  ends = life < kShortLife ? ends + 1 : 0;
  if (ends >= 2)
    until = now + std::min<Duration>(1s * (1U << std::min(ends - 2, 20U)), kLongestPause);
}

/// In calm times a member is probed once in an interval, and for each end of a wire at most twice:
/// at once, and when its pause is over.
Wires::Fault Wires::probe_starts(const roll::StartProbe& effect, Instant now, Instant answer_at) {
  const auto [found, fresh] = runs_.try_emplace(roll::wire_of(effect.probe));
  Run& run = found->second;
  if (fresh) {
    run.member = effect.member;
    run.calm_since = now;
  }
  run.check = effect.check;
  run.reloaded = false;
  const bool twice = std::exchange(run.open, true);
  run.started = now;
  run.answer_at = answer_at;
  ++run.calm_probes;
  if (twice) return "two probes of one check at once";
  const health::CheckSpec& check = *effect.check;
  if (!check.tripwire) return nullptr;
  const double intervals = static_cast<double>((now - run.calm_since).count()) /
                           (static_cast<double>(check.interval.count()) * (1 - check.jitter));
  const unsigned most = 4U + check.rise + 2 * run.calm_ends + static_cast<unsigned>(intervals);
  return run.calm_probes > most ? "more probes than the ends of wires explain" : nullptr;
}

void Wires::probe_ends(WireId id, bool good, Instant now) {
  const auto found = runs_.find(id);
  if (found == runs_.end()) return;  // a witness'
  Run& run = found->second;
  run.open = false;
  run.good = good;
  if (good) return;
  run.disturb(now);
  run.least = {};
}

/// A good probe holds a wire again, as soon as it may be.
Wires::Fault Wires::fault_after(WireId id, Instant now) const {
  const auto found = runs_.find(id);
  if (found == runs_.end()) return nullptr;
  const Run& run = found->second;
  if (run.reloaded || !run.check->tripwire || !run.good || run.open || run.held) return nullptr;
  const bool waits =
      now < run.most.until || now < short_until_ || run.started < run.ended || held_ >= limit_;
  return waits ? nullptr : "no wire is held to who answers";
}

Wires::Fault Wires::hold(const roll::HoldWire& effect, Instant now) {
  const auto found = runs_.find(effect.wire);
  if (found == runs_.end()) return "a wire of no check";
  Run& run = found->second;
  if (!run.reloaded && !run.check->tripwire) return "a wire that nobody wants";
  if (run.held) return "a second wire of one check";
  if (held_ >= limit_) return "more wires than the limit";
  if (now < short_until_) return "a wire is held while descriptors are short";
  if (now < run.least.until) return "a wire is opened before its pause is over";
  if (effect.target.address != run.member) return "a wire to somebody else";
  ++held_;
  run.held = true;
  run.connected = false;
  run.number = ++last_number_;
  run.held_since = now;
  return nullptr;
}

Wires::Fault Wires::drop(WireId id) {
  const auto found = runs_.find(id);
  if (found == runs_.end() || !found->second.held) return "a wire is dropped that is not held";
  found->second.held = false;
  found->second.least = {};
  --held_;
  return nullptr;
}

bool Wires::end(WireId id, std::uint64_t number, Instant now) {
  const auto found = runs_.find(id);
  if (found == runs_.end() || !found->second.held || found->second.number != number) return false;
  Run& run = found->second;
  run.held = false;
  --held_;
  run.ended = now;
  ++run.calm_ends;
  run.least.end(now - run.held_since, now);
  run.most.end(now - run.held_since, now);
  return true;
}

Wires::Fault Wires::fault(Instant now) const {
  for (const auto& [id, run] : runs_) {
    if (!run.held) continue;
    const Duration round =
        run.reloaded ? kLongestRound : 2 * (run.check->interval + run.check->timeout);
    if (now - run.started > round) {
      return "a wire is held to a member that is not probed";
    }
  }
  return nullptr;
}

bool Wires::is_held(WireId id) const {
  const auto found = runs_.find(id);
  return found != runs_.end() && found->second.held;
}

std::vector<Wires::Wire> Wires::all() const {
  std::vector<Wire> found;
  for (const auto& [id, run] : runs_) {
    if (run.held) found.push_back({id, run.number});
  }
  return found;
}

std::vector<Wires::Wire> Wires::to(const IpAddress& member) const {
  std::vector<Wire> found;
  for (const auto& [id, run] : runs_) {
    if (run.held && run.member == member) found.push_back({id, run.number});
  }
  return found;
}

bool Wires::guards(const IpAddress& member, Instant now) const {
  bool any = false;
  for (const auto& [id, run] : runs_) {
    if (run.member != member || run.is_gone(now)) continue;
    if (run.reloaded || !run.check->tripwire || !run.check->fall_fast) return false;
    if (!run.held || !run.connected) return false;
    any = true;
  }
  return any;
}

Instant Wires::answers_by(const IpAddress& member) const {
  Instant last{};
  for (const auto& [id, run] : runs_) {
    if (run.open && run.member == member) last = std::max(last, run.answer_at);
  }
  return last;
}

}  // namespace rollcall::sim
