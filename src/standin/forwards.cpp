#include "standin/forwards.hpp"

#include <algorithm>

namespace rollcall::standin {

void Forwards::judge(PoolIndex index, const MemberViews& views, bool doubtful) {
  const Pool& pool = roll_[index];
  if (doubtful) return;
  if (!rows_.empty()) end_others(index);
  if (pool.spec.forward.service.empty() || pool.spec.observe_only) return;
  for (const MemberIndex m : pool.members.ids()) {
    const MemberView view = views.view({index, m});
    const bool down = view.judged == State::down;
    if (pool.members[m].elsewhere || (!down && view.judged != State::up)) continue;
    const IpAddress& member = pool.members[m].address;
    // A drained member is the operator's: its port stays as it is.
    if (down && view.override_kind != OverrideKind::automatic) continue;
    want(index, member, pool.spec.forward,
         down ? target_of(pool, index, views, member) : std::nullopt);
  }
}

/// Forwards of members that have left the pool, or whose pool has lost the key.
void Forwards::end_others(PoolIndex index) {
  const Pool& pool = roll_[index];
  const bool configured = !pool.spec.forward.service.empty() && !pool.spec.observe_only;
  for (auto& [key, row] : rows_) {
    if (key.first != pool.spec.name || !row.to) continue;
    const bool stays = configured && std::ranges::any_of(pool.members, [&](const Member& member) {
                         return member.address == key.second;
                       });
    if (!stays) want(index, key.second, {.service = row.service, .to = {}}, std::nullopt);
  }
}

/// The first target that is up.
std::optional<IpAddress> Forwards::target_of(const Pool& pool, PoolIndex index,
                                             const MemberViews& views, const IpAddress& member) {
  for (const IpAddress& to : pool.spec.forward.to) {
    if (to == member || to.family() != member.family()) continue;
    for (const MemberIndex m : pool.members.ids()) {
      const MemberView view = views.view({index, m});
      if (pool.members[m].address == to && view.up && view.judged == State::up) return to;
    }
  }
  return std::nullopt;
}

void Forwards::want(PoolIndex index, const IpAddress& member, const ForwardSpec& spec,
                    std::optional<IpAddress> to) {
  const Key key{roll_[index].spec.name, member};
  Row& row = rows_[key];
  row.leaves = false;
  if (row.ask) return;
  if (row.known && row.to == to && (!to || row.renewal > step_.now)) return;
  if (!row.known && !to && row.tries >= kRestartsPerWindow) return;  // it has no such agent
  // The failure of one request says nothing of another one.
  Instant from = row.asked == to ? row.retry : step_.now;
  if (to && row.to != to) {
    breaker_.stop_if_due();
    from = std::max(from, row.ledger.allowed_from(step_.now));
    if (breaker_.allowed_from() > std::max(from, step_.now)) held_up_.insert(index);
    from = std::max(from, breaker_.allowed_from());
  }
  if (from > step_.now) return step_.chores.add(from, TryForwards{index});
  ask(row, key, to || row.service.empty() ? spec.service : row.service, to);
}

void Forwards::ask(Row& row, const Key& key, const std::string& service,
                   std::optional<IpAddress> to) {
  asks_ += 2;
  row.ask = AskId{asks_};
  row.asked = to;
  row.asked_at = step_.now;
  row.service = service;
  if (to && row.to != to) {
    breaker_.asked();
    tell(key, NoticeKind::forward_asked, false, {.service = service, .to = to});
  }
  step_.emit(AskNode{.ask = *row.ask,
                     .task = to ? NodeTask::forward : NodeTask::end_forward,
                     .node = key.second,
                     .address = to.value_or(IpAddress()),
                     .service = service});
}

std::optional<PoolIndex> Forwards::take(const NodeReplied& event) {
  const auto found =
      std::ranges::find_if(rows_, [&](const auto& entry) { return entry.second.ask == event.ask; });
  if (found == rows_.end()) return std::nullopt;
  const Key& key = found->first;
  Row& row = found->second;
  row.ask.reset();
  const bool was_known = std::exchange(row.known, event.ok);
  const std::optional<IpAddress> was = row.to;
  if (event.ok) {
    row.to = row.asked;
    row.retry = {};
    row.tries = 0;
    row.problem.clear();
    if (row.to != was) row.since = step_.now;
    if (row.to) {
      row.renewal = step_.now + kForwardRenewal;
      for (const PoolIndex pool : roll_.named(key.first)) {
        step_.chores.add(row.renewal, TryForwards{pool});
      }
    }
    if (row.to && row.to != was) {
      row.ledger.note(step_.now);
      breaker_.helped();
      try_held_up();
      tell(key, NoticeKind::forwarded, true, {.service = row.service, .to = row.to});
    } else if (was && !row.to) {
      tell(key, NoticeKind::forward_ended, true, {.service = row.service});
    }
  } else {
    failed(row, key, event, was_known);
  }
  if (row.leaves) {
    if (event.ok && row.to) {
      ask(row, key, row.service, std::nullopt);
    } else {
      rows_.erase(found);
    }
    return std::nullopt;
  }
  const std::vector<PoolIndex> pools = roll_.named(key.first);
  return pools.empty() ? std::nullopt : std::optional(pools.front());
}

void Forwards::failed(Row& row, const Key& key, const NodeReplied& event, bool was_known) {
  row.problem = event.text;
  if (!event.reached && row.asked && row.to != row.asked) {
    breaker_.withdraw(row.asked_at);
    try_held_up();
  }
  Duration pause = kTakePause;
  for (unsigned i = 0; i < row.tries && pause < kLongestTakePause; ++i) pause *= 2;
  row.retry = step_.now + std::min(pause, kLongestTakePause);
  const bool first = row.tries++ == 0;
  if (first && (row.asked || row.to || was_known)) {
    tell(key, NoticeKind::forward_failed, true, {.service = row.service, .to = row.asked},
         event.text);
  }
}

/// The breaker lets others begin.
void Forwards::try_held_up() {
  for (const PoolIndex pool : std::exchange(held_up_, {})) {
    step_.chores.add(step_.now, TryForwards{pool});
  }
}

bool Forwards::resume(const std::string& actor) {
  if (!breaker_.resume(actor)) return false;
  for (auto& [key, row] : rows_) row.retry = {};
  try_held_up();
  return true;
}

void Forwards::end_stop() {
  if (breaker_.end_stop()) try_held_up();
}

void Forwards::show(Status& status, Instant now) const {
  status.forwards_stopped = breaker_.left(now);
  for (const auto& [key, row] : rows_) {
    const bool pending = row.ask && (row.to || row.asked);
    const bool wanted = row.to || row.asked;
    if (!row.to && !pending && (row.problem.empty() || !wanted)) continue;
    status.forwards.push_back({.pool = key.first,
                               .member = key.second,
                               .service = row.service,
                               .to = row.to,
                               .lasted = row.to ? now - row.since : Duration{},
                               .pending = pending,
                               .problem = row.problem});
  }
}

void Forwards::forget(PoolIndex pool) {
  const dns::Name& name = roll_[pool].spec.name;
  std::erase_if(rows_, [&](const auto& entry) {
    return entry.first.first == name && !entry.second.to && !entry.second.ask;
  });
  for (auto& [key, row] : rows_) {
    if (key.first != name) continue;
    row.leaves = true;
    if (!row.ask) ask(row, key, row.service, std::nullopt);
  }
}

void Forwards::tell(const Key& key, NoticeKind kind, bool alert, ForwardFacts facts,
                    std::string reason) {
  step_.emit(Notice{.kind = kind,
                    .alert = alert,
                    .name = key.first,
                    .member = key.second,
                    .reason = std::move(reason),
                    .facts = std::move(facts)});
}

}  // namespace rollcall::standin
