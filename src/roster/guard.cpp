#include "roster/guard.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace rollcall::roster {
namespace {

// Longer than the time between two falls of a mass drop; and people must not wait for long.
constexpr Duration kLongestQuiet = std::chrono::seconds(5);
constexpr Duration kLongestWait = std::chrono::seconds(10);  // for witnesses

/// A witness may be asked already when a member falls: then its next probe counts.
Duration longest_word(const WitnessSpec& witness) {
  return 2 * witness.check.timeout + witness_pause(witness.check);
}

}  // namespace

bool Guard::configure(const Configured& event) {
  fall_window_ = {};
  for (const PoolSpec& pool : event.pools) {
    for (const health::CheckSpec& check : pool.checks) {
      fall_window_ = std::max(fall_window_, check.interval);
    }
  }
  // With no pool configured, zones whose files are refused still have theirs.
  if (fall_window_ == Duration::zero()) fall_window_ = health::CheckSpec{}.interval;
  Duration word{};
  for (const WitnessSpec& witness : event.guard.witnesses) {
    word = std::max(word, longest_word(witness));
  }
  doubt_ = std::max(fall_window_, word);
  quiet_ = std::max(std::min(fall_window_ / 2, kLongestQuiet), std::min(word, kLongestWait));
  const bool others = set_witnesses(event.guard.witnesses);
  spec_ = event.guard;
  return others;
}

/// Its probes decide what is answered: it has no override, and its pool does not only observe.
bool Guard::is_guarded(MemberRef ref) const {
  return !roll_[ref.pool].spec.observe_only && !overrides_.of(ref) && !roll_[ref].elsewhere;
}

State Guard::follow(MemberRef ref) {
  return std::exchange(rows_[ref].judged, agreement_.health(ref));
}

bool Guard::take_percent(MemberRef ref, std::uint8_t percent) {
  return std::exchange(rows_[ref].percent, percent) != percent;
}

Guard::Fall Guard::fell(const Turn& turn) {
  const bool guarded = is_guarded(turn.member);
  if (freeze_) {
    held_ += guarded && is_held(turn.member) ? 1 : 0;
    return Fall::ignored;
  }
  note_fall(turn.member, turn.before);
  if (!guarded) return Fall::ignored;
  return is_isolated() ? Fall::isolates : Fall::counts;
}

/// @param before its judged health, restored where the fall is taken back
void Guard::note_fall(MemberRef ref, State before) {
  falls_.keep_for(doubt_, step_.now);
  rows_[ref].fall =
      falls_.add(agreement_.since(ref),
                 {.counts = is_guarded(ref), .judged = before, .past = returns_.past(ref)});
}

void Guard::returned(const Turn& turn) {
  Judgement& row = rows_[turn.member];
  falls_.forget(turn.since, std::exchange(row.fall, {}));
  if (freeze_ && is_guarded(turn.member) && row.judged != State::down) --held_;
}

void Guard::discount_fall(MemberRef ref, bool automatic) {
  if (agreement_.health(ref) != State::down) return;
  const Instant fell = agreement_.since(ref);
  const Falls::FallId fall = rows_[ref].fall;
  if (!automatic) return falls_.discount(fell, fall);
  BeforeFall* before = falls_.find(fell, fall);
  if (before == nullptr) return;
  before->past.flaps.clear();  // its past is forgiven
  before->past.damped_until.reset();
  before->past.waits_until.reset();
}

void Guard::forget_fall(MemberRef ref, Instant since) {
  falls_.forget(since, std::exchange(rows_[ref].fall, {}));
}

/// Takes back its fall, which may have been a fault of our own network.
/// @return true where it is held from now on
bool Guard::undo_fall(MemberRef ref) {
  Judgement& row = rows_[ref];
  if (agreement_.health(ref) != State::down || row.judged != State::down) return false;
  const BeforeFall* before = falls_.find(agreement_.since(ref), row.fall);
  if (before == nullptr) return false;
  row.judged = before->judged;
  returns_.restore(ref, before->past);
  invariant(row.judged != State::down && returns_.past(ref) == before->past,
            "a fall that is taken back leaves a member as it was before");
  return true;
}

bool Guard::is_isolated() {
  if (isolation(signs(), spec_) == Isolation::none) return false;
  bool any = false;
  roll_.each_member([&](MemberRef ref, const Pool&, const Member&) {
    if (any || agreement_.health(ref) != State::down || !is_guarded(ref)) return;
    any = is_held(ref) || falls_.find(agreement_.since(ref), rows_[ref].fall) != nullptr;
  });
  return any;
}

void Guard::freeze() {
  const Signs seen = signs();
  const Isolation why = isolation(seen, spec_);
  invariant(why != Isolation::none && !freeze_, "answers freeze once, for a reason");
  roll_.each_member([&](MemberRef ref, const Pool&, const Member&) { undo_fall(ref); });
  count();
  freeze_ = Freeze{
      .since = step_.now,
      .unheard = why == Isolation::witnesses_silent,
      .facts = {.why = why,
                .fallen = seen.fallen,
                .members = seen.members,
                .window = fall_window_,
                .witnesses = why == Isolation::witnesses_silent ? seen.witnesses : voters()}};
  step_.emit(Notice{.kind = NoticeKind::frozen, .alert = true, .facts = freeze_->facts});
}

void Guard::begin_thaw() {
  freeze_.reset();
  falls_.clear();
}

/// A good probe of a witness says nothing about members that fell after it began.
void Guard::note_late_fall(MemberRef ref) {
  note_fall(ref, State::unknown);
}

void Guard::tell_thaw(ThawFacts::Cause cause, bool afresh, std::optional<IpAddress> witness,
                      std::string actor) {
  step_.emit(Notice{.kind = NoticeKind::thawed,
                    .alert = true,
                    .member = witness,
                    .actor = std::move(actor),
                    .facts = ThawFacts{cause, std::exchange(held_, 0), afresh}});
}

Signs Guard::signs() {
  falls_.keep_for(doubt_, step_.now);
  return {.members = member_count(),
          .fallen = falls_.within(fall_window_, step_.now),
          .fell = falls_.any(),
          .witnesses = witnesses_muted_ ? 0 : voters(),
          .silent = silent_voters()};
}

AlertWait Guard::alert_wait() {
  AlertWait wait{.longest = doubt_, .quiet = quiet_, .last_fall = falls_.last()};
  if (freeze_ || !falls_.any() || step_.now >= falls_.last() + quiet_) return wait;
  const bool by_number = spec_.max_drop < 100 && member_count() >= spec_.max_drop_from;
  wait.wanted = by_number || (voters() != 0 && !witnesses_muted_);
  return wait;
}

void Guard::count() {
  members_counted_ = true;
  member_count_ = 0;
  held_ = 0;
  roll_.each_member([&](MemberRef ref, const Pool&, const Member&) {
    if (!is_guarded(ref)) return;
    ++member_count_;
    held_ += is_held(ref) ? 1 : 0;
  });
}

bool Guard::recount() {
  count();
  return freeze_ && held_ == 0;
}

/// A start builds thousands of zones one after the other, so members are counted when needed. While
/// answers are frozen they are counted at once, because the freeze may end by that.
bool Guard::recount_later() {
  if (freeze_) return recount();
  members_counted_ = false;
  return false;
}

std::size_t Guard::member_count() {
  if (!members_counted_) count();
  return member_count_;
}

void Guard::add(MemberRef ref) {
  rows_[ref].judged = agreement_.health(ref);
}

void Guard::renew(MemberRef ref, const PoolSpec& former) {
  // Frozen answers stay: until now the member was answered although it was down.
  const bool counts_anew = former.observe_only && !roll_[ref.pool].spec.observe_only;
  if (freeze_ && counts_anew && agreement_.health(ref) == State::down) {
    rows_[ref].judged = State::up;
  }
}

void Guard::leave(MemberIndex was, Instant since) {
  falls_.forget(since, rows_.left(was).fall);
}

void Guard::forget(PoolIndex pool) {
  for (const MemberIndex m : roll_[pool].members.ids()) {
    forget_fall({pool, m}, agreement_.since({pool, m}));
  }
  rows_.forget(pool);
}

void Guard::show(Status& status, Instant now) const {
  if (freeze_) {
    status.frozen = FreezeStatus{freeze_->facts, now - freeze_->since, held_};
  }
  for (const WitnessIndex i : witnesses_.ids()) {
    const WitnessSpec& spec = spec_.witnesses[i.value];
    status.witnesses.push_back(
        {spec.address, spec.check.name, witnesses_[i].answers, witnesses_[i].has_vote});
  }
}

void Guard::check_invariants() {
  std::size_t held = 0;
  roll_.each_member([&](MemberRef ref, const Pool&, const Member&) {
    invariant(freeze_ || judged(ref) == agreement_.health(ref),
              "unless answers are frozen a member is judged as it is observed");
    held += is_guarded(ref) && is_held(ref) ? 1 : 0;
  });
  invariant(!freeze_ || held == held_, "members that a freeze holds are counted");
  invariant(!freeze_ || held != 0, "a freeze holds a member");
}

}  // namespace rollcall::roster
