/// Probing's tripwires: an idle connection to a member and a stream from its agent, held between
/// the probes of a check. When its service dies, the kernel ends the connection at once, and the
/// agent the stream. That is no verdict: it starts a probe.
#include <algorithm>

#include "roll/probing.hpp"

namespace rollcall::roll {
namespace {

constexpr Duration kFastLimit = std::chrono::milliseconds(50);  // a later refusal is doubtful
constexpr Duration kFirstRepeat = std::chrono::milliseconds(1);
constexpr Duration kShortLife = std::chrono::seconds(10);
constexpr Duration kFirstPause = std::chrono::seconds(1);
constexpr unsigned kMostShortLives = 10;                   // a pause of over 8 minutes
constexpr Duration kShortPause = std::chrono::minutes(1);  // until our own host may recover

}  // namespace

/// The member has just answered a probe.
void Probing::hold_wire(RunIndex index) {
  Run& run = runs_[index];
  if (run.wire.stands || run.wire.cut || step_.now < run.wire.next) return;
  if (wires_ >= max_wires_ || step_.now < wires_from_) return;
  const Member& member = roll_[std::get<MemberRef>(run.probed)];
  const bool connect = health::holds_connection(*run.check);
  if (!connect && member.service.empty()) return;
  ++wires_;
  run.wire.stands = true;
  run.wire.since = step_.now;
  step_.emit(HoldWire{.wire = wire_of(id_of(index)),
                      .target = target_of(run),
                      .limit = run.check->timeout,
                      .connect = connect,
                      .member = member.address,
                      .service = member.service});
}

void Probing::drop_wire(RunIndex index) {
  Run& run = runs_[index];
  if (run.wire.stands) {
    --wires_;
    step_.emit(DropWire{wire_of(id_of(index))});
  }
  run.wire = {};
}

/// Our own host ran short of descriptors or the like: probes need them first, and work without
/// wires.
void Probing::drop_all_wires() {
  wires_from_ = step_.now + kShortPause;
  for (const RunIndex index : runs_.ids()) {
    if (wires_ == 0) break;
    if (runs_[index].wire.stands) drop_wire(index);
  }
}

/// A server that closes idle connections costs a probe and a new connection each time: from the
/// second time on, a wire that ends soon is opened again after a pause, which doubles. Not the
/// first time, because a dying process may close its connections before it stops listening.
bool Probing::take(const WireEnded& event) {
  Run* const run = find_run(run_of(event.wire));
  if (run == nullptr || !run->wire.stands) return false;
  Tripwire& wire = run->wire;
  wire.stands = false;
  --wires_;
  if (event.unknown) {
    drop_all_wires();
    return false;
  }
  wire.cut = step_.now;
  if (step_.now - wire.since >= kShortLife) {
    wire.short_lives = 0;
  } else {
    if (wire.short_lives > 0) wire.next = step_.now + kFirstPause * (1U << (wire.short_lives - 1));
    if (wire.short_lives < kMostShortLives) ++wire.short_lives;
  }
  // A probe under way may have begun before the end: another one follows it.
  if (!run->open) schedule(index_of(run_of(event.wire)), step_.now);
  return true;
}

/// A probe that began after the wire's end says why it ended. With `fall_fast` a refusal at once is
/// final: nothing listens any more. Another failure at once proves less: a dying process may close
/// its connections before it stops listening, and reset that of the probe too. Until kFastLimit
/// after the end, such a member is probed again.
void Probing::explain_end(Run& run, const health::Outcome& outcome) {
  if (run.check->fall_fast && !outcome.good) {
    if (outcome.refused && step_.now - run.started <= kFastLimit) {
      run.verdict.fall_at_once();
    } else if (!outcome.refused && step_.now - *run.wire.cut <= kFastLimit &&
               run.verdict.state() != State::down) {
      run.wire.repeats = true;
      return;
    }
  }
  if (!outcome.good) run.wire = {};  // no whim of a healthy server
  run.wire.cut.reset();
  run.wire.repeats = false;
}

/// When to probe why the wire ended: at once, then after as much time as has passed since the end.
Instant Probing::next_after_end(const Tripwire& wire) const {
  if (!wire.repeats) return step_.now;
  return step_.now + std::max(kFirstRepeat, step_.now - *wire.cut);
}

}  // namespace rollcall::roll
