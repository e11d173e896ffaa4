#include "standin/floating.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace rollcall::standin {

Floating::Floating(TakeOverSpec spec) : spec_(std::move(spec)) {
  holders_.push_back({.node = spec_.owner});
  for (const IpAddress& taker : spec_.takers) holders_.push_back({.node = taker});
}

void Floating::begin_round() {
  for (Holder& holder : holders_) {
    holder.asked = holder.failed = holder.owner_answers = holder.contested = false;
    holder.why.clear();
  }
}

void Floating::pinged(bool answered) {
  same_ = answered == counted_ ? same_ + 1 : 1;
  counted_ = answered_ = answered;
  if (answered && same_ >= kOwnerRise) owner_ = Life::alive;
  if (answered || same_ < kOwnerFall) return;
  owner_ = Life::dead;
  holders_.front().holds = Holds::unknown;
}

void Floating::answered(const Order& order, const NodeReplied& reply, Instant now) {
  Holder& holder = holders_[order.holder];
  holder.failed = !reply.ok;
  if (!reply.ok) {
    holder.holds = Holds::unknown;
    holder.why = reply.text;
  }
  switch (order.task) {
    case NodeTask::look:
      holder.asked = true;
      if (!reply.ok) return;
      holder.holds = reply.holds ? Holds::yes : Holds::no;
      if (!reply.holds) holder.taken.reset();
      holder.owner_answers = reply.owner_answers;
      holder.contested = reply.contested;
      return;
    case NodeTask::take:
      if (!reply.ok) return;
      // A node that has it only announces it anew.
      if (holder.holds != Holds::yes) holder.taken = now;
      holder.holds = Holds::yes;
      if (order.holder == 0) misplaced_ = false;
      return;
    case NodeTask::give_back:
      if (!reply.ok) return;
      holder.holds = Holds::no;
      holder.taken.reset();
      misplaced_ = true;
      return;
    case NodeTask::forward:
    case NodeTask::end_forward:
      break;
  }
  invariant(false, "a floating address is not forwarded");
}

std::optional<std::size_t> Floating::taker() const {
  for (std::size_t i = 1; i < holders_.size(); ++i) {
    if (holders_[i].holds == Holds::yes) return i;
  }
  return std::nullopt;
}

std::optional<Order> Floating::next(bool may_take) const {
  // A run of the server begins without any knowledge.
  for (std::size_t i = 1; i < holders_.size(); ++i) {
    if (holders_[i].holds == Holds::unknown && !holders_[i].asked) return Order{NodeTask::look, i};
  }
  switch (owner_) {
    case Life::alive:
      return next_while_alive();
    case Life::dead:
      return next_while_dead(may_take);
    case Life::unknown:
      break;
  }
  return std::nullopt;
}

std::optional<Order> Floating::next_while_alive() const {
  // Its agent would not be heard either, and the round would take until that is known.
  if (!answered_) return std::nullopt;
  const Holder& owner = holders_.front();
  if (!owner.asked) return Order{NodeTask::look, 0};
  const std::optional<std::size_t> from = taker();
  if (owner.failed) {
    // It lives, but its agent does not: it can be given nothing. The taker goes on, unless the
    // owner has kept the address.
    if (!from) return std::nullopt;
    if (!holders_[*from].asked) return Order{NodeTask::look, *from};
    if (!holders_[*from].contested) return std::nullopt;
    return Order{NodeTask::give_back, *from};
  }
  if (from) return Order{NodeTask::give_back, *from};
  // An owner that has kept the address takes it anew: that tells the neighbours.
  if (owner.holds != Holds::yes || misplaced_) return Order{NodeTask::take, 0};
  return std::nullopt;
}

std::optional<Order> Floating::next_while_dead(bool may_take) const {
  if (const std::optional<std::size_t> first = taker()) {
    for (std::size_t i = holders_.size() - 1; i > *first; --i) {
      if (holders_[i].holds == Holds::yes) return Order{NodeTask::give_back, i};
    }
    if (!holders_[*first].asked) return Order{NodeTask::look, *first};
    if (holders_[*first].contested) return Order{NodeTask::give_back, *first};
    return std::nullopt;
  }
  if (!may_take) return std::nullopt;
  for (std::size_t i = 1; i < holders_.size(); ++i) {
    const Holder& holder = holders_[i];
    if (holder.failed) continue;
    if (!holder.asked) return Order{NodeTask::look, i};
    if (holder.owner_answers) return std::nullopt;
    return Order{NodeTask::take, i};
  }
  return std::nullopt;
}

std::pair<Floating::Wait, std::size_t> Floating::why_waiting() const {
  std::size_t last = 0;
  for (std::size_t i = 1; i < holders_.size(); ++i) {
    if (holders_[i].owner_answers) return {Wait::owner_answers, i};
    if (holders_[i].failed) last = i;
  }
  return last != 0 ? std::pair(Wait::nobody, last) : std::pair(Wait::none, last);
}

}  // namespace rollcall::standin
