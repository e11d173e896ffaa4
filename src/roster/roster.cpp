#include "roster/roster.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/counted.hpp"
#include "core/invariant.hpp"

namespace rollcall::roster {

Roster::Roster(SavedState saved, std::uint64_t seed) : step_(seed), saved_(std::move(saved)) {}

std::vector<Effect>& Roster::step(const Event& event, Instant now) {
  step_.now = now;
  step_.effects.clear();
  if (!running_) begin();
  std::visit([this](const auto& e) { on(e); }, event);
  while (const auto chore = step_.chores.take_due(now)) {
    std::visit([this](const auto& it) { run(it); }, *chore);
  }
  probing_.start_due();
  if (restarts_.has_changed()) save_soon();
  if (auto changed = overrides_.take_changed()) step_.emit(SaveOverrides{std::move(*changed)});
  ask_to_be_woken();
  return step_.effects;
}

void Roster::begin() {
  running_ = true;
  step_.started = step_.now;
  step_.chores.add(step_.now + kSaveInterval, SaveRegularly{});
  SavedState saved = std::exchange(saved_, {});
  overrides_.load(std::move(saved.overrides));
  probing_.load(std::move(saved.health.members));
  guard_.load(std::move(saved.health.witnesses));
  restarts_.load(std::move(saved.restarts));
  board_.load(std::move(saved.serials));
}

void Roster::on(const Configured& event) {
  probing_.set_limits(event);
  specs_.clear();
  for (const PoolSpec& spec : event.pools) specs_.emplace(spec.name, event.pools.share(spec));
  if (guard_.configure(event)) probing_.set_witnesses(event.guard.witnesses);
  overrides_.forget_waiting_but([this](const dns::Name& pool) { return specs_.contains(pool); });
  board_.configure(event);
  take_overs_.configure(event.take_overs);
  const std::unordered_set<dns::Name> origins(event.origins.begin(), event.origins.end());
  for (const ZoneIndex zone : board_.zones()) {
    if (origins.contains(board_[zone].origin)) continue;
    for (const PoolIndex pool : board_[zone].pools) forget_pool(pool);
    board_.drop(zone);
  }
  recount();
}

void Roster::on(const ZoneBuilt& event) {
  const ZoneIndex zone = board_.place(event.zone->origin());
  board_.take(zone, event);
  bind(zone, specs_);
  board_.serve(zone);
  for (const PoolIndex pool : board_[zone].pools) judge_forwards(pool);
  rebind_exchanges(zone);
  recount_later();
}

/// The zone's pools may be configured anew all the same.
void Roster::on(const ZoneUnchanged& event) {
  const auto zone = board_.find(event.origin);
  if (!zone || !board_[*zone].zone) return;
  board_.unchanged(*zone);
  rebind(*zone, specs_);
  for (const PoolIndex pool : board_[*zone].pools) judge_forwards(pool);
  recount_later();
}

void Roster::on(const WireEnded& event) {
  // Our own network may be at fault. Nothing waits for the witnesses here: if they are silent,
  // answers freeze, and falls of a moment before are taken back.
  if (probing_.take(event)) probing_.ask_witnesses();
}

void Roster::on(const ProbeDone& event) {
  if (take_overs_.take(event, is_doubtful())) return;
  const bool frozen = guard_.is_frozen();
  const std::uint64_t flips = board_.flips();
  const Seen seen = probing_.take(event, frozen);
  if (const auto* word = std::get_if<WitnessWord>(&seen)) {
    hear(*word);
  } else if (const auto* sighting = std::get_if<Sighting>(&seen)) {
    settle(*sighting);
  }
  if (frozen && guard_.is_frozen()) {
    invariant(board_.flips() == flips, "while answers are frozen no probe changes a mask");
  }
}

/// A node speaks for all of its members: what it says comes on top of what their checks say.
void Roster::on(const NodeSaid& event) {
  if (!probing_.take(event)) return;
  std::vector<MemberRef> its;
  roll_.each_member([&](MemberRef ref, const Pool&, const Member& member) {
    if (!member.elsewhere && member.address == event.node) its.push_back(ref);
  });
  for (const MemberRef ref : its) settle(probing_.sight(ref));
}

/// The pipeline: what a probe of a member has said goes through all of its stages, in this order.
void Roster::settle(const Sighting& seen) {
  const MemberRef ref = seen.member;
  const PoolIndex pool = ref.pool;
  if (seen.in_doubt) probing_.ask_witnesses();
  const bool other_share =
      seen.percent && !guard_.is_frozen() && guard_.take_percent(ref, *seen.percent);
  if (seen.observed != seen.before) turn(agreement_.follow(ref), seen.refused);
  if (seen.degraded) tell_degradation(seen);
  if (seen.observed == State::down || seen.before == State::down) {
    const bool by_us = !overrides_.of(ref) && !roll_[ref].service.empty();
    restarts_.want(ref, seen.restart_would_help && by_us);
    if (restarts_.is_wanted(ref)) confirm_restart(ref);
  }
  if (other_share) policy_changed(pool);
}

/// The agreed health of a member has changed.
void Roster::turn(const Turn& turn, bool refused) {
  const PoolIndex pool = turn.member.pool;
  if (turn.is_fall()) {
    const Guard::Fall fall = guard_.fell(turn);
    if (fall == Guard::Fall::isolates) freeze();
    if (fall == Guard::Fall::counts) probing_.ask_witnesses();
  }
  if (turn.is_return()) guard_.returned(turn);
  PoolState was = board_.state(pool);
  if (!guard_.is_frozen()) {
    judge(turn.member);
    was = apply_policy(pool);
  }
  tell_health(turn, was);
  if (turn.is_fall()) {
    // What refuses connections is not there, and what is answered all the same should come back.
    const bool at_once =
        !roll_[pool].spec.restart_delay && (refused || board_.is_live(turn.member));
    restarts_.fell(turn.member,
                   at_once ? Duration::zero() : restart_delay(roll_[pool].spec, board_.ttl(pool)));
  }
  if (turn.agreed == State::up) restarts_.returned(turn.member);
  if (guard_.is_frozen() && guard_.held() == 0) thaw(ThawFacts::Cause::all_up, false);
  save_soon();
  board_.note_observed(roll_[pool].zone, turn.before, turn.agreed);
  board_.publish_when_ready(roll_[pool].zone);
}

/// Judged health follows agreed health, and the member's past is noted.
void Roster::judge(MemberRef ref) {
  const State before = guard_.follow(ref);
  returns_.judged(ref, before, guard_.judged(ref));
}

MemberView Roster::view(MemberRef ref) const {
  MemberView view{.observed = agreement_.health(ref),
                  .judged = guard_.judged(ref),
                  .override_kind = overrides_.kind(ref),
                  .tier = roll_[ref].tier,
                  .share = returns_.share(ref, guard_.percent(ref))};
  view.up = is_up(view.override_kind, view.judged);
  view.kept_back = view.override_kind == OverrideKind::automatic && view.judged != State::down &&
                   returns_.past(ref).keeps_back();
  view.counted = view.up && !view.kept_back;
  return view;
}

/// Stores what follows from the judged health of a pool's members.
/// @return how the pool was before
PoolState Roster::apply_policy(PoolIndex pool) {
  const PoolState was = board_.renew_state(pool);
  returns_.note_counted(pool, *this);
  board_.store(pool);
  judge_forwards(pool);
  return was;
}

/// An override has come or gone, a member is kept back no longer or has another share.
void Roster::policy_changed(PoolIndex pool) {
  const PoolState was = apply_policy(pool);
  tell_state(pool, was);
}

/// The judged health of members has changed in many pools.
void Roster::judge_pools(bool tell) {
  for (const PoolIndex pool : roll_.pools()) {
    for (const MemberIndex m : roll_[pool].members.ids()) {
      if (!guard_.is_frozen()) guard_.take_percent({pool, m}, probing_.asked_percent({pool, m}));
    }
    const PoolState was = apply_policy(pool);
    if (tell) tell_state(pool, was);
  }
}

void Roster::hear(const WitnessWord& word) {
  const Guard::Heard heard = guard_.take(word);
  if (heard.isolated) return freeze();
  if (heard.new_vote) save_soon();
  if (heard.first_vote) {
    for (const PoolIndex pool : roll_.pools()) try_restarts(pool);
  }
  if (!heard.thaws) return;
  const WitnessSpec& spec = guard_.witness_specs()[word.witness.value];
  thaw(ThawFacts::Cause::witness, heard.afresh, spec.address);
}

void Roster::freeze() {
  guard_.freeze();
  judge_pools(false);
  notices_.settle([this](NoticeKind kind, MemberRef ref) {
    if (kind == NoticeKind::dropped) return guard_.judged(ref) == State::down;
    const PoolState state = board_.state(ref.pool);
    return kind == NoticeKind::all_down ? state.all_down : state.on_backup;
  });
  probing_.ask_witnesses();
}

/// Policy goes by the probes again.
/// @param afresh the verdicts of held members were reached without a network: they begin anew
void Roster::thaw(ThawFacts::Cause cause, bool afresh, std::optional<IpAddress> witness,
                  std::string actor) {
  guard_.begin_thaw();
  roll_.each_member([&](MemberRef ref, const Pool& pool, const Member&) {
    if (guard_.is_held(ref) && afresh) {
      probing_.begin_anew(ref);
      restarts_.want(ref, false);
      const Turn anew = agreement_.follow(ref);
      board_.note_observed(pool.zone, anew.before, anew.agreed);
    } else if (guard_.is_held(ref)) {
      guard_.note_late_fall(ref);
    }
    judge(ref);
  });
  guard_.tell_thaw(cause, afresh, witness, std::move(actor));
  judge_pools(true);
  for (const PoolIndex pool : roll_.pools()) release_due(pool);
  probing_.ask_witnesses();
  save_soon();
}

void Roster::recount() {
  if (guard_.recount()) thaw(ThawFacts::Cause::none_left, false);
}

void Roster::recount_later() {
  if (guard_.recount_later()) thaw(ThawFacts::Cause::none_left, false);
}

void Roster::on(const AgentReplied& event) {
  const auto ended = restarts_.take(event);
  if (!ended || !roll_.has(ended->pool)) return;
  const Pool& pool = roll_[ended->pool];
  for (const MemberIndex m : pool.members.ids()) {
    // See at once whether it helped.
    const bool is_its = pool.members[m].address == ended->member;
    if (is_its && event.ok) probing_.probe_now({ended->pool, m});
  }
  try_restarts(ended->pool);
}

bool Roster::may_restart(PoolIndex pool) const {
  return roll_.has(pool) && !roll_[pool].spec.observe_only && !is_doubtful();
}

void Roster::judge_forwards(PoolIndex pool) {
  if (roll_.has(pool)) forwards_.judge(pool, *this, is_doubtful());
}

void Roster::on(const NodeReplied& event) {
  if (take_overs_.take(event, is_doubtful())) return;
  if (const auto pool = forwards_.take(event)) judge_forwards(*pool);
}

/// The first of the pools that this one needs and that is all down; null: there is none.
const dns::Name* Roster::needed_and_down(PoolIndex pool) const {
  for (const dns::Name& name : roll_[pool].spec.needs) {
    const std::vector<PoolIndex> its = roll_.named(name);
    const auto is_down = [this](PoolIndex other) { return board_.state(other).all_down; };
    if (std::ranges::any_of(its, is_down)) return &name;
  }
  return nullptr;
}

/// A probe has just said that a member whose restart is wanted is down.
void Roster::confirm_restart(MemberRef ref) {
  if (!may_restart(ref.pool)) return;
  const dns::Name* needed = needed_and_down(ref.pool);
  needed != nullptr ? restarts_.waits_for(ref, *needed) : restarts_.confirm(ref);
}

/// A restart that has waited begins only if the member is still down: it is probed first.
void Roster::try_restarts(PoolIndex pool) {
  if (!may_restart(pool) || needed_and_down(pool) != nullptr) return;
  if (const auto ref = restarts_.next_due(pool)) probing_.probe_now(*ref);
}

void Roster::run(const EndStop&) {
  restarts_.end_stop();
  take_overs_.end_stop();
  forwards_.end_stop();
  for (const PoolIndex pool : roll_.pools()) try_restarts(pool);
}

void Roster::on(const Stopping&) {
  board_.keep_exact_serials();
  notices_.send_all();
  step_.emit(SaveHealth{health_to_save()});
  if (auto changed = restarts_.take_changed()) step_.emit(SaveRestarts{std::move(*changed)});
  overrides_.touch();  // saves their ends by today's calendar
}

void Roster::run(const SaveRegularly& chore) {
  save();
  step_.chores.add(step_.now + kSaveInterval, chore);
}

void Roster::save() {
  save_pending_ = false;
  step_.emit(SaveHealth{health_to_save()});
  if (auto changed = restarts_.take_changed()) step_.emit(SaveRestarts{std::move(*changed)});
}

void Roster::save_soon() {
  if (std::exchange(save_pending_, true)) return;
  step_.chores.add(step_.now + kSaveDelay, SaveSoon{});
}

void Roster::run(const EndOverrides& chore) {
  if (!roll_.has(chore.pool) || !overrides_.end_due(chore.pool)) return;
  policy_changed(chore.pool);
  recount();
}

void Roster::run(const EndNormal&) {
  if (!overrides_.is_normal_over()) return;
  set_normal(false, std::nullopt, {.cause = NormalFacts::Cause::time_is_up}, {});
}

/// While answers are frozen, releases wait for the thaw.
void Roster::release_due(PoolIndex pool) {
  if (guard_.is_frozen() || !roll_.has(pool)) return;
  if (returns_.release_due(pool, *this)) policy_changed(pool);
}

void Roster::run(const GrowShares& chore) {
  if (!roll_.has(chore.pool)) return;
  returns_.note_counted(chore.pool, *this);
  board_.store(chore.pool);
}

void Roster::ask_to_be_woken() {
  std::optional<Instant> next = step_.chores.earliest();
  const std::optional<Instant> probe = probing_.next_due();
  if (probe && (!next || *probe < *next)) next = probe;
  if (!next || next == wake_wanted_) return;
  wake_wanted_ = next;
  step_.emit(WakeAt{*next});
}

void Roster::check_invariants() {
  probing_.check_invariants();
  agreement_.check_invariants(roll_);
  overrides_.check_invariants();
  guard_.check_invariants();
  restarts_.check_invariants();
  take_overs_.check_invariants();
  board_.check_invariants();
  roll_.each_member([&](MemberRef ref, const Pool& pool, const Member&) {
    invariant(!restarts_.is_wanted(ref) || !overrides_.of(ref),
              "no agent is asked to restart a member under an override");
    invariant(roll_.find(pool.zone, pool.spec.name) == ref.pool, "a zone has one pool at a name");
  });
}

}  // namespace rollcall::roster
