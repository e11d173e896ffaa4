/// Tripwires: an idle connection to a member and a stream from its agent, held between the probes
/// of a check. When its service dies, the kernel ends the connection at once, and the agent the
/// stream. That is no verdict: it starts a probe.
#include <algorithm>

#include "roster/roster.hpp"

namespace rollcall::roster {
namespace {

constexpr Duration kFastLimit = std::chrono::milliseconds(50);  // what is refused later is doubtful
constexpr Duration kFirstRepeat = std::chrono::milliseconds(1);
constexpr Duration kShortLife = std::chrono::seconds(10);
constexpr Duration kFirstPause = std::chrono::seconds(1);
constexpr unsigned kMostShortLives = 10;                   // a pause of over 8 minutes
constexpr Duration kShortPause = std::chrono::minutes(1);  // until our own host may have enough

}  // namespace

/// The member has just answered a probe.
void Roster::hold_wire(RunIndex index) {
  Run& run = runs_[index];
  if (run.wire.held || run.wire.cut || now_ < run.wire.next) return;
  if (wires_ >= max_wires_ || now_ < wires_from_) return;
  const Member& member = pools_[run.pool]->members[run.member];
  const bool connect = health::holds_connection(*run.check);
  if (!connect && member.service.empty()) return;
  ++wires_;
  run.wire.held = true;
  run.wire.since = now_;
  emit(HoldWire{.wire = probe_id(index),
                .target = target_of(run),
                .limit = run.check->timeout,
                .connect = connect,
                .member = member.address,
                .service = member.service});
}

void Roster::drop_wire(RunIndex index) {
  Run& run = runs_[index];
  if (run.wire.held) {
    --wires_;
    emit(DropWire{probe_id(index)});
  }
  run.wire = {};
}

/// Our own host ran short of descriptors or the like: they are for probes first, and those find out
/// without wires what they find out.
void Roster::drop_all_wires() {
  wires_from_ = now_ + kShortPause;
  for (RunIndex index = 0; wires_ > 0 && index < runs_.size(); ++index) {
    if (runs_[index].wire.held) drop_wire(index);
  }
}

/// A server that closes what is idle costs a probe and a new connection each time: from the second
/// time on, a wire that it ends soon is opened again after a pause that doubles. The first time
/// not, because a process that dies may close its connections before it stops listening.
void Roster::on(const WireEnded& event) {
  Run* const run = find_run(event.wire);
  if (run == nullptr || !run->wire.held) return;
  Tripwire& wire = run->wire;
  wire.held = false;
  --wires_;
  if (event.unknown) return drop_all_wires();
  wire.cut = now_;
  if (now_ - wire.since >= kShortLife) {
    wire.short_lives = 0;
  } else {
    if (wire.short_lives > 0) wire.next = now_ + kFirstPause * (1U << (wire.short_lives - 1));
    if (wire.short_lives < kMostShortLives) ++wire.short_lives;
  }
  // It may be our own way to it that is gone. Nobody waits for the witnesses' word here: what they
  // say freezes the answers, and takes those back that fell a moment before.
  ask_witnesses();
  // A probe under way may have begun before the end: another one follows it.
  if (!run->open) schedule(static_cast<RunIndex>(event.wire.value), now_);
}

/// A probe that began after the wire's end says why it ended. With `fall_fast` a refusal at once is
/// final: nobody listens any more. What fails at once in another way says less: a process that dies
/// may close its connections before it stops listening, so that it resets this one too. Until
/// kFastLimit after the end such a member is asked again.
void Roster::explain_end(Run& run, const health::Outcome& outcome) {
  if (run.check->fall_fast && !outcome.good) {
    if (outcome.refused && now_ - run.started <= kFastLimit) {
      run.verdict.fall_at_once();
    } else if (!outcome.refused && now_ - *run.wire.cut <= kFastLimit &&
               run.verdict.state() != health::State::down) {
      run.wire.repeats = true;
      return;
    }
  }
  if (!outcome.good) run.wire = {};  // it was no whim of a server that is well
  run.wire.cut.reset();
  run.wire.repeats = false;
}

/// When a probe follows that is to say why the wire has ended: at once, then in as much time as has
/// passed since the end.
Instant Roster::next_after_end(const Tripwire& wire) const {
  if (!wire.repeats) return now_;
  return now_ + std::max(kFirstRepeat, now_ - *wire.cut);
}

}  // namespace rollcall::roster
