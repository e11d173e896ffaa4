#include "standin/take_overs.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace rollcall::standin {
namespace {

/// No run of a member has this place in its table: the id of a ping is never that of a probe.
constexpr std::uint64_t kNoPlace = 0xffffffff;

const std::shared_ptr<const health::CheckSpec>& owner_ping() {
  static const auto kPing = std::make_shared<const health::CheckSpec>(
      health::CheckSpec{.name = "owner",
                        .how = health::IcmpCheck{.asks_neighbours = true},
                        .timeout = std::chrono::seconds(1)});
  return kPing;
}

}  // namespace

void TakeOvers::configure(const std::vector<TakeOverSpec>& specs) {
  auto before = std::exchange(entries_, {});
  for (const TakeOverSpec& spec : specs) {
    const auto known = before.find(spec.address);
    if (known != before.end() && known->second.floating.spec() == spec) {
      entries_.insert(before.extract(known));
      continue;
    }
    Entry& fresh = entries_.emplace(spec.address, Entry(spec)).first->second;
    fresh.next = step_.now;
    step_.chores.add(step_.now, LookAtHolders{spec.address});
  }
}

void TakeOvers::look(const IpAddress& address) {
  const auto found = entries_.find(address);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  // An address that was configured anew has a chore of its former self.
  if (entry.ping || entry.ask || entry.next > step_.now) return;
  begin_round(entry);
}

void TakeOvers::begin_round(Entry& entry) {
  entry.floating.begin_round();
  const IpAddress& owner = entry.floating.spec().owner;
  entry.ping = RunId{++pings_ << 32 | kNoPlace};
  step_.emit(StartProbe{.probe = *entry.ping,
                        .member = owner,
                        .target = {owner, 0},
                        .check = owner_ping(),
                        .host = {}});
}

bool TakeOvers::take(const ProbeDone& event, bool doubtful) {
  if ((event.probe.value & kNoPlace) != kNoPlace) return false;
  for (auto& [address, entry] : entries_) {
    if (entry.ping != event.probe) continue;
    entry.ping.reset();
    // Undecided: the kernel has not asked the link for the owner since it answered last.
    const bool undecided = event.outcome.unknown || event.outcome.yields;
    undecided ? entry.floating.missed_ping() : entry.floating.pinged(event.outcome.good);
    if (entry.floating.owner() == Life::alive) entry.waits = {};
    entry.may_take = may_take(entry, doubtful);
    go_on(entry, doubtful);
    break;
  }
  return true;
}

bool TakeOvers::may_take(const Entry& entry, bool doubtful) const {
  return !doubtful && entry.retry <= step_.now &&
         entry.ledger.allowed_from(step_.now) <= step_.now && breaker_.allowed_from() <= step_.now;
}

void TakeOvers::go_on(Entry& entry, bool doubtful) {
  if (entry.floating.is_orphaned()) breaker_.stop_if_due();
  if (breaker_.is_stopped()) entry.may_take = false;
  if (const auto order = entry.floating.next(entry.may_take && !doubtful)) {
    return ask(entry, *order);
  }
  tell_waiting(entry, doubtful);
  entry.next = step_.now + entry.floating.spec().interval;
  step_.chores.add(entry.next, LookAtHolders{entry.floating.spec().address});
}

void TakeOvers::ask(Entry& entry, Order order) {
  const TakeOverSpec& spec = entry.floating.spec();
  const Holder& holder = entry.floating.holders()[order.holder];
  if (order.task == NodeTask::take) {
    for (const Holder& other : entry.floating.holders()) {
      invariant(&other == &holder || other.holds != Holds::yes,
                "nobody takes an address that another node is known to have");
    }
  }
  if (order.task == NodeTask::take && order.holder != 0) {
    breaker_.asked();
    tell(entry, NoticeKind::take_over_asked, false, {.node = holder.node});
  }
  asks_ += 2;
  entry.ask = AskId{asks_};
  entry.order = order;
  step_.emit(AskNode{.ask = *entry.ask,
                     .task = order.task,
                     .node = holder.node,
                     .address = spec.address,
                     .owner = spec.owner});
}

bool TakeOvers::take(const NodeReplied& event, bool doubtful) {
  if (is_of_forwards(event.ask)) return false;
  for (auto& [address, entry] : entries_) {
    if (entry.ask != event.ask) continue;
    entry.ask.reset();
    entry.floating.answered(entry.order, event, step_.now);
    event.ok ? succeeded(entry) : failed(entry, event.text);
    go_on(entry, doubtful);
    break;
  }
  return true;
}

void TakeOvers::succeeded(Entry& entry) {
  const IpAddress node = entry.floating.holders()[entry.order.holder].node;
  if (entry.order.task == NodeTask::give_back) entry.from = node;
  if (entry.order.task != NodeTask::take) return;
  entry.waits = {};
  entry.told_failure.clear();
  if (entry.order.holder == 0) {
    // At the beginning no node has it: that needs no mail.
    const std::optional<IpAddress> from = std::exchange(entry.from, std::nullopt);
    return tell(entry, NoticeKind::given_back, from.has_value(), {.node = from});
  }
  entry.tries = 0;
  entry.ledger.note(step_.now);
  breaker_.helped();
  tell(entry, NoticeKind::taken_over, true, {.node = node});
}

void TakeOvers::failed(Entry& entry, const std::string& why) {
  const bool by_owner = entry.order.holder == 0;
  const bool returns =
      entry.order.task == NodeTask::give_back || (entry.order.task == NodeTask::take && by_owner);
  if (!returns && entry.order.task != NodeTask::take) return;
  const IpAddress node = entry.floating.holders()[entry.order.holder].node;
  if (!returns) {
    Duration pause = kTakePause;
    for (unsigned i = 0; i < entry.tries && pause < kLongestTakePause; ++i) pause *= 2;
    ++entry.tries;
    entry.retry = step_.now + std::min(pause, kLongestTakePause);
  }
  // Told once, as long as nothing changes.
  const std::string said = node.to_string() + why;
  if (std::exchange(entry.told_failure, said) == said) return;
  tell(entry, returns ? NoticeKind::not_given_back : NoticeKind::take_over_failed, true,
       {.node = node}, why);
}

/// Told once for each death and each reason.
void TakeOvers::tell_waiting(Entry& entry, bool doubtful) {
  if (!entry.floating.is_orphaned() || breaker_.is_stopped()) return;
  TakeOverFacts facts{};
  std::string reason;
  const Instant from = entry.ledger.allowed_from(step_.now);
  if (doubtful) {
    facts.wait = Floating::Wait::frozen;
  } else if (from > step_.now) {
    facts.wait = Floating::Wait::just_moved;
    facts.left = from - step_.now;
  } else if (entry.may_take) {
    const auto [wait, holder] = entry.floating.why_waiting();
    facts.wait = wait;
    facts.node = entry.floating.holders()[holder].node;
    reason = entry.floating.holders()[holder].why;
  }
  const Floating::Wait told = entry.waits.wait;
  if (facts.wait == Floating::Wait::none) return;
  entry.waits = facts;
  entry.reason = reason;
  if (facts.wait == told) return;
  tell(entry, NoticeKind::take_over_waits, true, facts, reason);
}

void TakeOvers::tell(const Entry& entry, NoticeKind kind, bool alert, TakeOverFacts facts,
                     std::string reason) {
  facts.owner = entry.floating.spec().owner;
  step_.emit(Notice{.kind = kind,
                    .alert = alert,
                    .member = entry.floating.spec().address,
                    .reason = std::move(reason),
                    .facts = facts});
}

bool TakeOvers::resume(const std::string& actor) {
  if (!breaker_.resume(actor)) return false;
  for (auto& [address, entry] : entries_) entry.retry = {};
  return true;
}

void TakeOvers::show(Status& status, Instant now) const {
  status.take_overs_stopped = breaker_.left(now);
  for (const auto& [address, entry] : entries_) {
    FloatingStatus shown{.address = address, .owner = entry.floating.spec().owner};
    if (entry.floating.is_orphaned()) {
      shown.waits = entry.waits;
      shown.reason = entry.reason;
      if (shown.waits.left) shown.waits.left = entry.ledger.allowed_from(now) - now;
    }
    if (entry.floating.owner() == Life::alive) shown.owner_health = State::up;
    if (entry.floating.owner() == Life::dead) shown.owner_health = State::down;
    for (const Holder& holder : entry.floating.holders()) {
      if (holder.holds != Holds::yes) continue;
      shown.holders.push_back({.node = holder.node});
      if (holder.taken) shown.holders.back().lasted = now - *holder.taken;
    }
    status.floating.push_back(std::move(shown));
  }
}

void TakeOvers::check_invariants() const {
  for (const auto& [address, entry] : entries_) {
    invariant(!entry.ping || !entry.ask, "of a floating address one thing at a time is asked");
    const auto& holders = entry.floating.holders();
    const bool takes = entry.ask && entry.order.task == NodeTask::take;
    const bool held = std::ranges::any_of(
        holders, [](const Holder& holder) { return holder.holds == Holds::yes; });
    // A node that is asked again to take what it has only announces it.
    invariant(!takes || !held || holders[entry.order.holder].holds == Holds::yes,
              "one node at a time takes a floating address");
  }
}

}  // namespace rollcall::standin
