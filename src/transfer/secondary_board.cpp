#include "transfer/secondary_board.hpp"

#include <algorithm>
#include <array>

#include "dns/rdata_text.hpp"

namespace rollcall::transfer {
namespace {

using namespace std::chrono_literals;

/// How long each NOTIFY waits for its answer. RFC 1996 section 3.6 leaves the pace to us; a
/// secondary that missed the first packet should not serve dead members for long.
constexpr std::array<Duration, 5> kNotifyWaits{500ms, 1s, 2s, 5s, 15s};
/// After them, and after the last of kAskPauses, NOTIFY is sent again: at each such pause.
constexpr Duration kNotifyPause = 1min;
constexpr Duration kLateNotifyWait = 2s;
/// Between the questions for a SOA: a small zone is transferred in some milliseconds, NSD serves
/// it up to a second later.
constexpr std::array<Duration, 8> kAskPauses{100ms, 200ms, 500ms, 1s, 2s, 5s, 10s, 30s};
constexpr Duration kAskWait = 2s;
/// A zone that is served as before has no NOTIFY: its secondaries are asked after this time.
constexpr Duration kFirstAsk = 2s;
constexpr Duration kFirstSilentPause = 1s;
/// Some minutes of a zone that changes each second.
constexpr std::size_t kMaxSerials = 256;

bool has(std::uint32_t serves, std::uint32_t serial) {
  return serves == serial || dns::serial_greater(serves, serial);
}

Duration silent_pause(unsigned unanswered) {
  Duration pause = kFirstSilentPause;
  for (unsigned i = kSilentAfter; i < unanswered && pause < kMaxSilentPause; ++i) pause *= 2;
  return std::min(pause, kMaxSilentPause);
}

}  // namespace

SecondaryBoard::Board* SecondaryBoard::find(const dns::StoredName& origin) {
  const auto found = boards_.find(origin);
  return found == boards_.end() ? nullptr : &found->second;
}

std::optional<SecondaryBoard::FollowerId> SecondaryBoard::find(const Board& board,
                                                               const Endpoint& secondary) const {
  for (const FollowerId id : board.followers) {
    if (followers_.at(id).secondary.address == secondary) return id;
  }
  return std::nullopt;
}

void SecondaryBoard::configure(const dns::StoredName& origin,
                               const std::vector<zone::Secondary>& secondaries, Duration lag,
                               Instant now) {
  if (secondaries.empty()) return forget(origin);
  Board& board = boards_[origin];
  board.lag = lag;
  std::erase_if(board.followers, [&](FollowerId id) {
    const Endpoint& address = followers_.at(id).secondary.address;
    const bool stays =
        std::ranges::find(secondaries, address, &zone::Secondary::address) != secondaries.end();
    if (!stays) remove(id);
    return !stays;
  });
  for (const zone::Secondary& secondary : secondaries) {
    if (const auto id = find(board, secondary.address)) {
      followers_.at(*id).secondary = secondary;
      set_behind(*id, followers_.at(*id).behind_since);  // by the new lag
    } else {
      add(board, origin, secondary, now);
    }
  }
}

void SecondaryBoard::add(Board& board, const dns::StoredName& origin,
                         const zone::Secondary& secondary, Instant now) {
  const FollowerId id = ++last_id_;
  Follower& follower = followers_[id];
  follower.origin = origin;
  follower.secondary = secondary;
  board.followers.push_back(id);
  if (board.live.empty()) return;
  set_behind(id, now);
  set_work(id, Work::notify, now);
}

void SecondaryBoard::remove(FollowerId id) {
  put_off(id, std::nullopt);
  const Follower& follower = followers_.at(id);
  if (follower.alarm) alarms_.erase({*follower.alarm, id});
  caught_up_.erase(id);
  followers_.erase(id);
}

void SecondaryBoard::forget(const dns::StoredName& origin) {
  const auto found = boards_.find(origin);
  if (found == boards_.end()) return;
  for (const FollowerId id : found->second.followers) remove(id);
  boards_.erase(found);
}

void SecondaryBoard::publish(const dns::StoredName& origin, std::uint32_t serial,
                             std::uint32_t full, Instant now) {
  Board* board = find(origin);
  if (board == nullptr) return;
  const auto add = [&](Serials& serials, std::uint32_t newest) {
    if (!serials.empty() && serials.back().serial == newest) return;
    serials.push_back({newest, now});
  };
  add(board->live, serial);
  add(board->full, full);
  for (const FollowerId id : board->followers) {
    Follower& follower = followers_.at(id);
    const std::uint32_t newest = serials_of(*board, follower).back().serial;
    const auto& serves = follower.facts.serves;
    if (serves && has(*serves, newest)) {
      set_behind(id, std::nullopt);
    } else if (!follower.behind_since) {
      set_behind(id, now);
    }
    if (!serves && follower.work == Work::none) set_work(id, Work::ask, now + kFirstAsk);
  }
  trim(*board);
}

void SecondaryBoard::trim(Board& board) const {
  const bool any = std::ranges::any_of(
      board.followers, [&](FollowerId id) { return followers_.at(id).behind_since.has_value(); });
  const std::size_t kept = any ? kMaxSerials : 1;
  for (Serials* serials : {&board.live, &board.full}) {
    if (serials->size() <= kept) continue;
    serials->erase(serials->begin(), serials->end() - static_cast<std::ptrdiff_t>(kept));
  }
}

void SecondaryBoard::notify(const dns::StoredName& origin, Instant now) {
  const Board* board = find(origin);
  if (board == nullptr) return;
  for (const FollowerId id : board->followers) {
    const Follower& follower = followers_.at(id);
    const bool flips_only = follower.secondary.view == zone::View::full && !follower.behind_since;
    if (!flips_only) set_work(id, Work::notify, now);
  }
}

void SecondaryBoard::holds(const dns::StoredName& origin, const Endpoint& secondary,
                           std::uint32_t serial) {
  Board* board = find(origin);
  if (board == nullptr) return;
  if (const auto id = find(*board, secondary)) settle(*id, serial);
}

void SecondaryBoard::transferred(const dns::StoredName& origin, const TakenTransfer& taken,
                                 Instant now) {
  Board* board = find(origin);
  if (board == nullptr) return;
  const auto by_address = [&](FollowerId id) {
    const zone::Secondary& one = followers_.at(id).secondary;
    return one.address.address.unmapped() == taken.by.address.unmapped() &&
           (!one.key || one.key == taken.key);
  };
  const auto by_key = [&](FollowerId id) {
    const zone::Secondary& one = followers_.at(id).secondary;
    return one.key && one.key == taken.key;
  };
  const bool any = std::ranges::any_of(board->followers, by_address);
  for (const FollowerId id : board->followers) {
    if (any ? !by_address(id) : !by_key(id)) continue;
    Follower& follower = followers_.at(id);
    follower.facts.transfer = taken;
    follower.facts.transferred_at = now;
    const auto lane = lanes_.find(follower.secondary.address);
    if (lane != lanes_.end()) {  // it is there: it need not be waited for any longer
      lane->second.unanswered = 0;
      lane->second.paused_until = Instant();
      list(follower.secondary.address);
    }
    if (follower.behind_since) set_work(id, Work::ask, now + kAskPauses[0]);
  }
}

/// What it is told or asked next, in place of what it was. Where NOTIFY has not been answered yet,
/// its tries go on being counted.
void SecondaryBoard::set_work(FollowerId id, Work work, Instant due) {
  Follower& follower = followers_.at(id);
  if (work != Work::notify || follower.work != Work::notify) follower.tries = 0;
  follower.work = work;
  follower.turn = 0;
  put_off(id, work == Work::none ? std::nullopt : std::optional(due));
}

void SecondaryBoard::put_off(FollowerId id, std::optional<Instant> due) {
  Follower& follower = followers_.at(id);
  const Endpoint& secondary = follower.secondary.address;
  if (follower.due) lanes_[secondary].due.erase({*follower.due, id});
  if (due) lanes_[secondary].due.emplace(*due, id);
  follower.due = due;
  list(secondary);
}

/// Puts the lane where its next errand is due, if it has room for one.
void SecondaryBoard::list(const Endpoint& secondary) {
  const auto found = lanes_.find(secondary);
  if (found == lanes_.end()) return;
  Lane& lane = found->second;
  if (lane.listed) lanes_due_.erase({*lane.listed, secondary});
  lane.listed.reset();
  if (lane.due.empty() && lane.running == 0) {
    lanes_.erase(found);
    return;
  }
  const std::size_t room = lane.unanswered >= kSilentAfter ? 1 : kMaxErrandsOfOne;
  if (lane.due.empty() || lane.running >= room) return;
  lane.listed = std::max(lane.due.begin()->first, lane.paused_until);
  lanes_due_.emplace(*lane.listed, secondary);
}

std::vector<Errand> SecondaryBoard::next(Instant now) {
  std::vector<Errand> errands;
  while (running_ < kMaxErrands && !lanes_due_.empty() && lanes_due_.begin()->first <= now) {
    const Endpoint secondary = lanes_due_.begin()->second;
    Lane& lane = lanes_.at(secondary);
    const FollowerId id = lane.due.begin()->second;
    ++lane.running;
    ++running_;
    put_off(id, std::nullopt);
    errands.push_back(errand_of(id));
  }
  return errands;
}

Errand SecondaryBoard::errand_of(FollowerId id) {
  Follower& follower = followers_.at(id);
  follower.turn = ++last_turn_;
  const Serials& serials = serials_of(boards_.at(follower.origin), follower);
  Duration limit = kAskWait;
  if (follower.work == Work::notify) {
    limit = follower.tries < kNotifyWaits.size() ? kNotifyWaits[follower.tries] : kLateNotifyWait;
  }
  return {.origin = follower.origin,
          .secondary = follower.secondary.address,
          .key = follower.secondary.key,
          .notify = follower.work == Work::notify,
          .serial = serials.empty() ? 0 : serials.back().serial,
          .limit = limit,
          .follower = id,
          .turn = follower.turn};
}

bool SecondaryBoard::ended(const Errand& errand, const ErrandEnd& end, Instant now) {
  Lane& lane = lanes_.at(errand.secondary);
  --lane.running;
  --running_;
  lane.unanswered = end.answered ? 0 : lane.unanswered + 1;
  lane.paused_until =
      lane.unanswered < kSilentAfter ? Instant() : now + silent_pause(lane.unanswered);
  const bool there = followers_.contains(errand.follower);
  const bool say = there && note_end(errand.follower, errand, end, now);
  list(errand.secondary);
  return say;
}

bool SecondaryBoard::note_end(FollowerId id, const Errand& errand, const ErrandEnd& end,
                              Instant now) {
  Follower& follower = followers_.at(id);
  if (!end.problem.empty()) {
    follower.facts.problem = (errand.notify ? "NOTIFY: " : "SOA: ") + end.problem;
    follower.facts.problem_at = now;
  } else if (errand.notify) {
    follower.facts.acknowledged = errand.serial;
  }
  if (errand.notify && end.answered) follower.said_silent = false;
  if (end.serial) settle(id, *end.serial);
  if (follower.turn != errand.turn) return false;
  follower.turn = 0;
  if (!errand.notify) {
    const std::uint32_t ours = errand.serial;
    // One that may not be asked serves what it has transferred, as far as can be known.
    const auto& taken = follower.facts.transfer;
    if (end.refused && taken && taken->serial == ours) set_behind(id, std::nullopt);
    ask_again(id, now);
    return false;
  }
  if (end.answered) {
    set_work(id, Work::ask, now + kAskPauses[0]);
    return false;
  }
  if (!end.sent) follower.tries = kNotifyWaits.size();
  return note_silence(id, now);
}

/// NOTIFY was not answered: it is sent again (RFC 1996 section 3.6), later and later.
bool SecondaryBoard::note_silence(FollowerId id, Instant now) {
  Follower& follower = followers_.at(id);
  const bool last = follower.tries + 1 >= kNotifyWaits.size();
  ++follower.tries;
  put_off(id, last ? now + kNotifyPause : now);
  return last && !std::exchange(follower.said_silent, true);
}

void SecondaryBoard::ask_again(FollowerId id, Instant now) {
  Follower& follower = followers_.at(id);
  if (!follower.behind_since) return set_work(id, Work::none, now);
  if (++follower.tries < kAskPauses.size()) return put_off(id, now + kAskPauses[follower.tries]);
  set_work(id, Work::notify, now + kNotifyPause);
}

/// It serves this serial.
void SecondaryBoard::settle(FollowerId id, std::uint32_t serial) {
  Follower& follower = followers_.at(id);
  follower.facts.serves = serial;
  Board& board = boards_.at(follower.origin);
  const Serials& serials = serials_of(board, follower);
  if (serials.empty()) return;
  const auto later = std::ranges::find_if(
      serials, [&](const PublishedSerial& published) { return !has(serial, published.serial); });
  if (later == serials.end()) {
    set_behind(id, std::nullopt);
  } else if (later != serials.begin() || !follower.behind_since) {
    set_behind(id, later->at);
  }
  trim(board);
}

void SecondaryBoard::set_behind(FollowerId id, std::optional<Instant> since) {
  Follower& follower = followers_.at(id);
  follower.behind_since = since;
  if (follower.alarm) alarms_.erase({*follower.alarm, id});
  follower.alarm.reset();
  if (!since) {
    if (std::exchange(follower.told, false)) caught_up_.insert(id);
  } else if (!follower.told) {
    follower.alarm = *since + boards_.at(follower.origin).lag;
    alarms_.emplace(*follower.alarm, id);
  }
}

std::vector<LagNews> SecondaryBoard::news(Instant now) {
  std::vector<LagNews> news;
  for (const FollowerId id : std::exchange(caught_up_, {})) news.push_back(news_of(id, false, now));
  while (!alarms_.empty() && alarms_.begin()->first <= now) {
    const FollowerId id = alarms_.begin()->second;
    alarms_.erase(alarms_.begin());
    Follower& follower = followers_.at(id);
    follower.alarm.reset();
    follower.told = true;
    news.push_back(news_of(id, true, now));
  }
  return news;
}

LagNews SecondaryBoard::news_of(FollowerId id, bool lags, Instant now) const {
  const Follower& follower = followers_.at(id);
  const auto& since = follower.behind_since;
  const bool recent = lags && since && follower.facts.problem_at >= *since;
  return {.origin = follower.origin,
          .secondary = follower.secondary.address,
          .lags = lags,
          .serves = follower.facts.serves,
          .ours = serials_of(boards_.at(follower.origin), follower).back().serial,
          .lag = since ? now - *since : Duration(),
          .problem = recent ? follower.facts.problem : std::string()};
}

std::optional<Instant> SecondaryBoard::wake_at() const {
  std::optional<Instant> at;
  if (!caught_up_.empty()) return Instant();
  if (running_ < kMaxErrands && !lanes_due_.empty()) at = lanes_due_.begin()->first;
  if (!alarms_.empty() && (!at || alarms_.begin()->first < *at)) at = alarms_.begin()->first;
  return at;
}

std::vector<SecondaryRecord> SecondaryBoard::records(const std::optional<dns::Name>& zone,
                                                     Instant now) const {
  std::vector<SecondaryRecord> records;
  for (const auto& [origin, board] : boards_) {
    if (zone && !(origin == *zone)) continue;
    for (const FollowerId id : board.followers) {
      const Follower& follower = followers_.at(id);
      SecondaryRecord& record = records.emplace_back();
      record.origin = origin;
      record.secondary = follower.secondary.address;
      record.key = follower.secondary.key;
      record.view = follower.secondary.view;
      const Serials& serials = serials_of(board, follower);
      if (!serials.empty()) record.ours = serials.back().serial;
      if (follower.behind_since) record.lag = now - *follower.behind_since;
      record.facts = follower.facts;
    }
  }
  std::ranges::stable_sort(records, dns::CanonicalLess(),
                           [](const SecondaryRecord& record) { return record.origin.name(); });
  return records;
}

}  // namespace rollcall::transfer
