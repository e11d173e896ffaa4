#include "roster/restarts.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace rollcall::roster {
namespace {

/// Entries for members that are away: many more than a day of removals brings.
constexpr std::size_t kMaxWaiting = 100'000;

}  // namespace

void Restarts::load(std::vector<SavedRestart> saved) {
  for (SavedRestart& one : saved) {
    // The calendar counts whole milliseconds: an age may be too high by up to one.
    const Instant at = std::min(step_.now, step_.now - one.age + WallTime::duration(1));
    waiting_[one.pool].push_back({std::move(one), at});
    ++waiting_count_;
  }
  for (auto& [pool, waiting] : waiting_) std::ranges::stable_sort(waiting, {}, &Waiting::at);
}

void Restarts::fell(MemberRef ref, Duration delay) {
  MemberRestarts& row = rows_[ref];
  row.due = step_.now + delay;
  row.tries = 0;
  row.given_up = row.waits = false;
}

void Restarts::returned(MemberRef ref) {
  if (std::exchange(rows_[ref].tries, 0) > 0) breaker_.helped();
  rows_[ref].given_up = rows_[ref].waits = false;
}

/// As far as its pool has none under way.
Instant Restarts::allowed_from(MemberRef ref) const {
  const MemberRestarts& row = rows_[ref];
  return std::max({row.due, row.ledger.allowed_from(step_.now), breaker_.allowed_from()});
}

void Restarts::confirm(MemberRef ref) {
  MemberRestarts& row = rows_[ref];
  if (!row.wanted || row.given_up || is_open_in(ref.pool)) return;
  if (row.tries >= kRestartsPerWindow) {
    if (row.ledger.is_settled(step_.now)) give_up(ref);
    return;
  }
  breaker_.stop_if_due();
  const Instant from = allowed_from(ref);
  if (from > step_.now) return look_again(ref.pool, from);
  row.wanted = row.waits = false;  // the next bad probe wants again; the ledger says when
  const Member& member = roll_[ref];
  ++row.tries;
  breaker_.asked();
  begin(ref.pool, member.address, member.service, next_id(), {});
}

void Restarts::waits_for(MemberRef ref, const dns::Name& needed) {
  if (std::exchange(rows_[ref].waits, true)) return;
  step_.emit(Notice{.kind = NoticeKind::restart_waits,
                    .alert = true,
                    .name = roll_[ref.pool].spec.name,
                    .member = roll_[ref].address,
                    .facts = RestartFacts{.service = roll_[ref].service, .needs = needed}});
}

void Restarts::give_up(MemberRef ref) {
  MemberRestarts& row = rows_[ref];
  row.given_up = true;
  step_.emit(Notice{.kind = NoticeKind::restart_given_up,
                    .alert = true,
                    .name = roll_[ref.pool].spec.name,
                    .member = roll_[ref].address,
                    .facts = RestartFacts{.service = roll_[ref].service, .tries = row.tries}});
}

std::optional<MemberRef> Restarts::next_due(PoolIndex index) {
  if (is_open_in(index)) return std::nullopt;
  std::optional<Instant> later;
  for (const MemberIndex m : roll_[index].members.ids()) {
    const MemberRef ref{index, m};
    if (!rows_[ref].wanted || rows_[ref].given_up) continue;
    const Instant from = allowed_from(ref);
    if (from <= step_.now) return ref;
    if (!later || from < *later) later = from;
  }
  if (later) look_again(index, *later);
  return std::nullopt;
}

void Restarts::look_again(PoolIndex index, Instant at) {
  PoolRestarts& row = pools_[index];
  if (row.wait && *row.wait > step_.now && *row.wait <= at) return;
  row.wait = at;
  step_.chores.add(at, TryRestarts{index});
}

void Restarts::begin(PoolIndex index, const IpAddress& address, const std::string& service,
                     RestartId id, const std::string& actor) {
  const Pool& pool = roll_[index];
  PoolRestarts& row = pools_[index];
  invariant(!row.open, "in a pool one restart at a time");
  row.open = id;
  open_.emplace(id, OpenRestart{index, address, service});
  for (const MemberIndex m : pool.members.ids()) {
    if (pool.members[m].address == address) rows_[{index, m}].ledger.note(step_.now);
  }
  step_.emit(Notice{.kind = NoticeKind::restart_asked,
                    .alert = true,
                    .name = pool.spec.name,
                    .member = address,
                    .actor = actor,
                    .facts = RestartFacts{.service = service}});
  dirty_ = true;
  step_.emit(RestartService{id, address, service});
}

void Restarts::take(const RestartWanted& event) {
  for (const PoolIndex index : roll_.pools()) {
    const Pool& pool = roll_[index];
    const bool is_its = std::ranges::any_of(pool.members, [&](const Member& member) {
      return !member.elsewhere && member.address == event.member;
    });
    if (!is_its) continue;
    if (is_open_in(index)) {
      return refuse(event, {.service = event.service,
                            .refusal = RestartFacts::Refusal::pool_is_busy,
                            .busy = pool.spec.name});
    }
    for (const MemberIndex m : pool.members.ids()) {
      if (pool.members[m].address != event.member) continue;
      rows_[{index, m}].tries = 0;  // an operator looks after it
      rows_[{index, m}].given_up = false;
    }
    return begin(index, event.member, event.service, event.restart, event.actor);
  }
  refuse(event, {.service = event.service, .refusal = RestartFacts::Refusal::no_member});
}

void Restarts::refuse(const RestartWanted& event, RestartFacts facts) {
  Notice notice{.kind = NoticeKind::restart_failed,
                .member = event.member,
                .actor = event.actor,
                .facts = std::move(facts)};
  step_.emit(RestartRefused{event.restart, subject_of(notice)});
  step_.emit(std::move(notice));
}

std::optional<OpenRestart> Restarts::take(const AgentReplied& event) {
  auto found = open_.extract(event.restart);
  if (!found) return std::nullopt;
  OpenRestart restart = std::move(found.mapped());
  const bool there = roll_.has(restart.pool);
  step_.emit(Notice{.kind = event.ok ? NoticeKind::restart_done : NoticeKind::restart_failed,
                    .alert = true,
                    .name = there ? roll_[restart.pool].spec.name : dns::Name(),
                    .member = restart.member,
                    .reason = event.text,
                    .facts = RestartFacts{.service = restart.service, .unit = event.unit}});
  if (there && pools_[restart.pool].open == event.restart) pools_[restart.pool].open.reset();
  return restart;
}

const OpenRestart* Restarts::open_in(PoolIndex pool) const {
  if (!is_open_in(pool)) return nullptr;
  const auto found = open_.find(*pools_.find(pool)->open);
  return found == open_.end() ? nullptr : &found->second;
}

void Restarts::take_over(MemberRef ref) {
  const Pool& pool = roll_[ref.pool];
  const Member& member = pool.members[ref.member];
  RestartLedger& ledger = rows_[ref].ledger;
  for (const PoolIndex other : roll_.named(pool.spec.name)) {
    if (other == ref.pool) continue;
    const auto& members = roll_[other].members;
    for (const MemberIndex m : members.ids()) {
      const bool same =
          members[m].address == member.address && members[m].exchange == member.exchange;
      if (same) ledger = rows_[{other, m}].ledger;
    }
  }
  const auto waiting = waiting_.find(pool.spec.name);
  if (waiting == waiting_.end()) return;
  waiting_count_ -= std::erase_if(waiting->second, [&](const Waiting& one) {
    if (one.saved.address != member.address || one.saved.exchange != member.exchange) return false;
    ledger.note(one.at);
    return true;
  });
  if (waiting->second.empty()) waiting_.erase(waiting);
}

void Restarts::keep(const Pool& pool, const Member& member, const RestartLedger& ledger) {
  for (const Instant at : ledger.recent(step_.now)) {
    if (waiting_count_ >= kMaxWaiting) return;
    waiting_[pool.spec.name].push_back({{pool.spec.name, member.address, member.exchange}, at});
    ++waiting_count_;
  }
}

void Restarts::forget(PoolIndex index, bool for_good) {
  const Pool& pool = roll_[index];
  for (const MemberIndex m : pool.members.ids()) {
    if (for_good) keep(pool, pool.members[m], rows_[{index, m}].ledger);
  }
  rows_.forget(index);
  pools_.forget(index);
}

std::optional<std::vector<SavedRestart>> Restarts::take_changed() {
  if (!std::exchange(dirty_, false)) return std::nullopt;
  return to_save();
}

std::vector<SavedRestart> Restarts::to_save() {
  std::vector<SavedRestart> saved;
  roll_.each_member([&](MemberRef ref, const Pool& pool, const Member& member) {
    for (const Instant at : rows_[ref].ledger.recent(step_.now)) {
      saved.push_back({pool.spec.name, member.address, member.exchange, step_.now - at});
    }
  });
  for (auto& [pool, waiting] : waiting_) {
    waiting_count_ -= std::erase_if(
        waiting, [&](const Waiting& one) { return one.at + kRestartWindow <= step_.now; });
    for (const Waiting& one : waiting) {
      saved.push_back(one.saved);
      saved.back().age = step_.now - one.at;
    }
  }
  std::erase_if(waiting_, [](const auto& waiting) { return waiting.second.empty(); });
  return saved;
}

void Restarts::check_invariants() const {
  std::map<PoolIndex, std::size_t> open;
  for (const auto& [id, restart] : open_) {
    if (roll_.has(restart.pool)) ++open[restart.pool];
  }
  for (const auto& [pool, count] : open) {
    invariant(count == 1 && is_open_in(pool), "in a pool one restart at a time");
  }
}

}  // namespace rollcall::roster
