/// Probing: probes that begin and end, and what they say.
#include "roll/probing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/invariant.hpp"
#include "health/combine.hpp"
#include "health/reply.hpp"
#include "health/schedule.hpp"

namespace rollcall::roll {
namespace {

// A doubt must be settled soon, whatever the fast_interval of a witness.
constexpr Duration kLongestPause = std::chrono::milliseconds(100);

}  // namespace

Duration witness_pause(const health::CheckSpec& check) {
  return std::min(check.fast_interval, kLongestPause);
}

void Probing::set_limits(const Configured& event) {
  probes_.most = event.max_probes;
  programs_.most = event.max_programs;
  max_wires_ = event.max_wires;
}

Seen Probing::take(const ProbeDone& event, bool frozen) {
  Run* const found = find_run(event.probe);
  if (found == nullptr || !found->open) {  // forgotten meanwhile
    programs_.open -= orphans_.erase(event.probe);
    return {};
  }
  Run& run = *found;
  const RunIndex index = index_of(event.probe);
  const health::Outcome& outcome = event.outcome;
  run.open = false;
  --lane_of(run).open;
  const auto* witness = std::get_if<WitnessIndex>(&run.probed);
  if (witness != nullptr && std::exchange(run.asked, false)) ask_witness(*witness);
  if (outcome.unknown) {
    unasked_[index] = outcome.reason;
  } else if (!unasked_.empty()) {
    unasked_.erase(index);
  }
  const bool outlived = outcome.yields && run.verdict.state() != State::unknown;
  if (outcome.unknown || outlived) {  // earlier results still hold
    if (outcome.scarce && &lane_of(run) != &programs_) drop_all_wires();
    const Duration soon = health::next_delay(*run.check, true, step_.random);
    schedule(index, std::max(step_.now, run.started + soon));
    return {};
  }
  note(run, index, outcome);
  if (witness == nullptr) {
    schedule_next(index, outcome);
    Sighting seen = sight(std::get<MemberRef>(run.probed));
    seen.in_doubt = !outcome.good && run.verdict.in_doubt();
    seen.refused = outcome.refused;
    return seen;
  }
  const bool in_doubt = frozen || !outcome.good;
  const Duration delay = health::next_delay(*run.check, in_doubt, step_.random);
  schedule(index, std::max(step_.now, run.started + delay));
  // A witness that asks to be left out has been heard.
  WitnessWord word{.witness = *witness,
                   .heard = outcome.good || outcome.withdrawn,
                   .asked = run.started,
                   .is_down = run.verdict.state() == State::down,
                   .reason = {}};
  if (!word.heard) word.reason = run.reason;
  return word;
}

/// What a probe says goes into the verdict of its check.
void Probing::note(Run& run, RunIndex index, const health::Outcome& outcome) {
  ++run.probes;
  // The bad probes that repeat after the end of a wire count as one.
  if (outcome.good || !run.wire.repeats) run.verdict.apply(outcome.good);
  if (run.wire.is_explained_by(run.started)) explain_end(run, outcome);
  if (run.verdict.state() == State::down && run.wire.stands) {
    drop_wire(index);  // a wire that still stands may lead to a host that is gone
  }
  run.reason = outcome.reason;
  run.degradation.apply(outcome, run.check->rise);
  if (outcome.silent) return;  // what it said last still holds
  run.withdrawn = outcome.withdrawn;
  run.percent = outcome.percent;
}

void Probing::schedule_next(RunIndex index, const health::Outcome& outcome) {
  Run& run = runs_[index];
  const Duration delay = run.probes == 1 && !run.verdict.in_doubt()
                             ? health::second_delay(*run.check, step_.random)
                             : health::next_delay(*run.check, run.verdict.in_doubt(), step_.random);
  Instant next = run.started + delay;
  if (outcome.good && run.check->tripwire) {
    hold_wire(index);
    // A member that gets no wire (limit reached) is probed as usual.
    if (!run.wire.stands && run.wire.next > step_.now) next = std::min(next, run.wire.next);
  }
  schedule(index, run.wire.cut ? next_after_end(run.wire) : std::max(step_.now, next));
}

Sighting Probing::sight(MemberRef ref) {
  MemberRuns& row = rows_[ref];
  Sighting seen{.member = ref,
                .before = row.observed,
                .observed = combined(ref),
                .degraded = {},
                .percent = {}};
  row.observed = seen.observed;
  const bool any =
      std::ranges::any_of(row.runs, [&](RunIndex r) { return runs_[r].degradation.on(); });
  const bool degraded = any && row.observed == State::up;
  if (std::exchange(row.degraded, degraded) != degraded && row.observed == State::up) {
    seen.degraded = degraded;
  }
  const std::uint8_t percent = asked_percent(ref);
  if (std::exchange(row.percent, percent) != percent) seen.percent = percent;
  seen.restart_would_help = row.observed == State::down && restart_would_help(ref);
  return seen;
}

bool Probing::take(const NodeSaid& event) {
  NodeWord word{.words = event.words, .reason = {}};
  const auto before = words_.find(event.node);
  if (word.takes_out()) {
    word.reason = fmt::format("its agent says \"{}\"", health::reply_excerpt(event.said));
  } else if (!word.words.percent) {
    return words_.erase(event.node) != 0;
  }
  if (before != words_.end() && before->second == word) return false;
  words_.insert_or_assign(event.node, std::move(word));
  return true;
}

const Probing::NodeWord* Probing::word_of(MemberRef ref) const {
  if (words_.empty() || roll_[ref].elsewhere) return nullptr;
  const auto word = words_.find(roll_[ref].address);
  return word != words_.end() ? &word->second : nullptr;
}

State Probing::combined(MemberRef ref) const {
  const NodeWord* word = word_of(ref);
  if (word != nullptr && word->takes_out()) return State::down;
  const RunList& runs = rows_[ref].runs;
  if (runs.size() == 1) return runs_[*runs.begin()].verdict.state();
  health::StateCount count;
  for (const RunIndex run : runs) count.add(runs_[run].verdict.state());
  return health::combine(count, roll_[ref.pool].spec.needed);
}

void Probing::take(const FileChanged& event) {
  for (const RunIndex index : runs_.ids()) {
    const Run& run = runs_[index];
    if (!run.check || run.open) continue;  // free, or about to read it
    const auto* file = std::get_if<health::FileCheck>(&run.check->how);
    if (file != nullptr && file->file == event.file) schedule(index, step_.now);
  }
}

void Probing::start_due() {
  start_due(probes_);
  start_due(programs_);
}

void Probing::start_due(Lane& lane) {
  while (lane.has_room()) {
    const auto timer = lane.timers.take_due(step_.now);
    if (!timer) break;
    const Run& run = runs_[timer->run];
    if (run.generation == timer->generation && run.timer == timer->timer) start_probe(timer->run);
  }
}

std::optional<Instant> Probing::next_due() const {
  std::optional<Instant> next;
  for (const Lane* lane : {&probes_, &programs_}) {
    // While a lane is full, the next ProbeDone leads here again.
    const auto probe = lane->has_room() ? lane->timers.earliest() : std::nullopt;
    if (probe && (!next || *probe < *next)) next = probe;
  }
  return next;
}

void Probing::schedule(RunIndex index, Instant at) {
  Run& run = runs_[index];
  lane_of(run).timers.add(at, {index, run.generation, ++run.timer});
}

Lane& Probing::lane_of(const Run& run) {
  return std::holds_alternative<health::ExecCheck>(run.check->how) ? programs_ : probes_;
}

/// Null: the run was forgotten.
Run* Probing::find_run(RunId id) {
  const RunIndex index = index_of(id);
  if (!runs_.has(index) || runs_[index].generation != id.value >> 32) return nullptr;
  return &runs_[index];
}

Endpoint Probing::target_of(const Run& run) const {
  const auto* witness = std::get_if<WitnessIndex>(&run.probed);
  Endpoint target = witness != nullptr ? Endpoint{witnesses_[*witness].address, 0}
                                       : roll_[std::get<MemberRef>(run.probed)].probed;
  if (target.port == 0) target.port = run.check->port;
  return target;
}

void Probing::start_probe(RunIndex index) {
  Run& run = runs_[index];
  run.open = true;
  run.asked = false;
  run.started = step_.now;
  ++lane_of(run).open;
  StartProbe start{.probe = id_of(index),
                   .member = {},
                   .target = target_of(run),
                   .check = run.check,
                   .host = {}};
  if (const auto* witness = std::get_if<WitnessIndex>(&run.probed)) {
    start.member = witnesses_[*witness].address;
    start.host = start.member.to_string();
  } else {
    const MemberRef ref = std::get<MemberRef>(run.probed);
    const Member& member = roll_[ref];
    start.member = member.address;
    if (run.check->host.empty() && health::uses_host(*run.check)) {
      start.host =
          member.exchange.empty() ? roll_[ref.pool].spec.name.to_display() : member.exchange;
    }
  }
  if (!run.check->host.empty()) start.host = run.check->host;
  step_.emit(std::move(start));
}

void Probing::set_witnesses(const std::vector<WitnessSpec>& witnesses) {
  const auto before = std::exchange(witnesses_, {});
  for (const WitnessSpec& spec : witnesses) {
    const WitnessIndex witness = witnesses_.next_id();
    const RunIndex run = new_run(witness, std::make_shared<const health::CheckSpec>(spec.check));
    witnesses_.push_back({run, spec.address});
    schedule(run, step_.now);
  }
  for (const WitnessRun& witness : before) free_run(witness.run);
}

/// A member's probe was bad: the witnesses are heard before the member counts as down.
void Probing::ask_witnesses() {
  for (const WitnessIndex witness : witnesses_.ids()) ask_witness(witness);
}

void Probing::ask_witness(WitnessIndex witness) {
  Run& run = runs_[witnesses_[witness].run];
  if (std::exchange(run.asked, true)) return;
  if (run.open) return;  // it is asked again when that probe ends
  step_.chores.add(std::max(step_.now, run.started + witness_pause(*run.check)),
                   AskWitness{witness});
}

/// @param witness may have left the configuration
void Probing::start_witness(WitnessIndex witness) {
  if (!witnesses_.has(witness)) return;
  Run& run = runs_[witnesses_[witness].run];
  if (!run.asked || run.open) return;
  ++run.timer;  // this probe replaces its routine probe
  start_probe(witnesses_[witness].run);
}

std::uint8_t Probing::asked_percent(MemberRef ref) const {
  return said_percent(ref).value_or(100);
}

/// Where several checks ask for a part of the weight, the least counts.
std::optional<std::uint8_t> Probing::said_percent(MemberRef ref) const {
  std::optional<std::uint8_t> least;
  for (const RunIndex run : rows_[ref].runs) {
    const std::optional<std::uint8_t>& asked = runs_[run].percent;
    if (asked) least = std::min(*asked, least.value_or(*asked));
  }
  const NodeWord* word = word_of(ref);
  if (word != nullptr && word->words.percent) {
    least = std::min(*word->words.percent, least.value_or(*word->words.percent));
  }
  return least;
}

const std::string& Probing::reason(MemberRef ref) const {
  static const std::string kNone;
  const std::string* reason = &kNone;
  if (const NodeWord* word = word_of(ref); word != nullptr && word->takes_out()) {
    return word->reason;
  }
  for (const RunIndex index : rows_[ref].runs) {
    const Run& run = runs_[index];
    if (!run.reason.empty() && run.verdict.bad_run() > 0) return run.reason;
    if (reason->empty()) reason = &run.reason;
  }
  return *reason;
}

std::string Probing::why_unasked(MemberRef ref) const {
  for (const RunIndex run : rows_[ref].runs) {
    const auto found = unasked_.find(run);
    if (found != unasked_.end()) return found->second;  // most likely that of the others too
  }
  return {};
}

std::uint64_t Probing::probes(MemberRef ref) const {
  std::uint64_t count = 0;
  for (const RunIndex run : rows_[ref].runs) count += runs_[run].probes;
  return count;
}

bool Probing::has_fallen(MemberRef ref) const {
  return std::ranges::any_of(rows_[ref].runs,
                             [&](RunIndex run) { return runs_[run].verdict.fallen(); });
}

/// A node that takes itself out wants no restart, whatever its checks say.
bool Probing::restart_would_help(MemberRef ref) const {
  if (const NodeWord* word = word_of(ref); word != nullptr && word->takes_out()) return false;
  return std::ranges::any_of(rows_[ref].runs, [&](RunIndex run) {
    return runs_[run].verdict.fallen() && !runs_[run].withdrawn;
  });
}

void Probing::check_invariants() const {
  std::size_t open = orphans_.size();
  std::size_t wires = 0;
  for (const Run& run : runs_) {
    open += run.open ? 1U : 0U;
    wires += run.wire.stands ? 1U : 0U;
  }
  invariant(open == probes_.open + programs_.open, "each open probe has its place in a lane");
  invariant(wires == wires_, "each wire that stands is counted");
  roll_.each_member([&](MemberRef ref, const Pool&, const Member& member) {
    for (const RunIndex run : rows_[ref].runs) {
      invariant(runs_[run].probed == Probed(ref), "a run belongs to the member that lists it");
    }
    invariant(member.elsewhere || observed(ref) == combined(ref),
              "a member is observed as its checks say together");
  });
}

}  // namespace rollcall::roll
