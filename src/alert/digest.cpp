#include "alert/digest.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace rollcall::alert {

namespace {

constexpr Duration kHour = std::chrono::hours(1);

/// The next run remembers the problem too, and says when it ends. It forgets a freeze and a stop,
/// and tells again of a zone that is refused and a certificate near its end.
bool outlives_a_run(const Told& told) {
  constexpr std::array<std::string_view, 5> kKept{"dropped", "all_down", "backup_took_over",
                                                  "taken_over", "normal_on"};
  return std::ranges::find(kKept, told.problem) != kKept.end();
}

}  // namespace

std::size_t count_of(const Batch& batch) {
  std::size_t count = 0;
  for (const Told& told : batch.told) count += told.times;
  for (const auto& [kind, more] : batch.more) count += more;
  return count;
}

void add_missed(Missed& missed, const Batch& batch, bool urgent) {
  const auto widen = [&](WallTime from, WallTime to) {
    missed.from = missed.from == WallTime{} ? from : std::min(missed.from, from);
    missed.to = std::max(missed.to, to);
  };
  const auto keep = [&](const std::string& line) {
    if (missed.lines.size() < kMissedLines) missed.lines.push_back(line);
  };
  missed.urgent = missed.urgent || urgent;
  if (batch.missed.count != 0) {
    missed.count += batch.missed.count;
    widen(batch.missed.from, batch.missed.to);
    for (const std::string& line : batch.missed.lines) keep(line);
  }
  if (batch.reminder) return;
  missed.count += count_of(batch);
  for (const Told& told : batch.told) {
    widen(told.first, told.at);
    keep(told.line);
  }
}

/// Remembers a problem until it ends.
void Digest::track(Told& told, const std::string& key, Instant now) {
  if (told.course == pool::Course::begins) {
    const auto known = open_.find(key);
    if (known != open_.end()) {
      known->second.told = told;
    } else if (open_.size() < kOpenLimit) {
      open_.emplace(key, Open{told, now});
    }
  } else if (told.course == pool::Course::ends) {
    const auto problem = open_.extract(key);
    if (problem) told.lasted = now - problem.mapped().since;
  }
}

void Digest::add(Told told, Instant now) {
  const std::string key = key_of(told);
  track(told, key, now);
  if (!first_) first_ = now;
  last_ = now;
  const auto [place, is_new] = places_.try_emplace(key, pending_.size());
  if (!is_new) {
    Told& before = pending_[place->second];
    told.first = before.first;
    const bool outcome = told.course == pool::Course::happens && told.kind != before.kind;
    told.times += outcome ? 0 : before.times;
    before = std::move(told);
  } else if (pending_.size() < kPendingLimit) {
    pending_.push_back(std::move(told));
  } else {
    places_.erase(place);
    more_[told.kind] += told.times;
  }
}

void Digest::add(const Missed& missed, Instant now) {
  if (missed.count == 0) return;
  Batch as_batch;
  as_batch.missed = missed;
  add_missed(missed_, as_batch, missed.urgent);
  if (missed_.urgent && !first_) first_ = last_ = now;
}

bool Digest::is_waiting() const noexcept {
  return first_.has_value();
}

std::optional<Instant> Digest::batch_due() const {
  if (is_waiting()) {
    const Instant quiet = std::max(*first_ + rules_.batch, last_ + rules_.batch / 2);
    return std::min(quiet, *first_ + kLongestBatch * rules_.batch);
  }
  if (rules_.remind != Duration{} && !open_.empty()) return told_ + rules_.remind;
  return std::nullopt;
}

std::optional<Instant> Digest::due() const {
  std::optional<Instant> due = batch_due();
  if (due && rules_.max_per_hour != 0 && sent_.size() >= rules_.max_per_hour) {
    due = std::max(*due, sent_[sent_.size() - rules_.max_per_hour] + kHour);
  }
  return due;
}

void Digest::count_message(Instant now) {
  told_ = now;
  while (!sent_.empty() && sent_.front() + kHour <= now) sent_.pop_front();
  if (rules_.max_per_hour != 0) sent_.push_back(now);
}

/// Whether a problem of the same group is open beside the one that this is about.
void Digest::mark_open(std::vector<Told>& told) const {
  std::unordered_set<std::string> groups;
  for (const auto& [key, open] : open_) groups.insert(group_of(open.told));
  for (Told& one : told) one.still_open = groups.contains(group_of(one));
}

Batch Digest::take(Instant now) {
  Batch batch;
  batch.reminder = !is_waiting();
  if (batch.reminder) {
    for (const auto& [key, open] : open_) {
      if (batch.told.size() == kPendingLimit) break;
      batch.told.push_back(open.told);
    }
    std::ranges::sort(batch.told, {},
                      [](const Told& told) { return std::pair(told.first, told.line); });
  } else {
    const std::optional<Instant> alone = batch_due();
    batch.summary = alone && due() > alone;
    batch.told = std::exchange(pending_, {});
    batch.more = std::exchange(more_, {});
    batch.missed = std::exchange(missed_, {});
    places_.clear();
    first_.reset();
  }
  mark_open(batch.told);
  count_message(now);
  return batch;
}

void Digest::restore(std::vector<Told> pending, const Counts& more, const Missed& missed,
                     Instant now) {
  for (Told& told : pending) add(std::move(told), now);
  for (const auto& [kind, count] : more) more_[kind] += count;
  if (!more.empty() && !first_) first_ = last_ = now;
  add(missed, now);
}

History Digest::history(Instant now, WallTime calendar) const {
  const auto by_calendar = [&](Instant at) {
    return calendar - std::chrono::duration_cast<WallTime::duration>(now - at);
  };
  History history;
  for (const Instant at : sent_) {
    if (at + kHour > now) history.sent.push_back(by_calendar(at));
  }
  for (const auto& [key, open] : open_) {
    if (history.open.size() == kSavedOpenLimit) break;
    if (outlives_a_run(open.told)) history.open.push_back({open.told, by_calendar(open.since)});
  }
  std::ranges::sort(history.open, {}, [](const OpenProblem& open) {
    return std::pair(open.since, std::string_view(open.told.line));
  });
  return history;
}

void Digest::restore(const History& history, Instant now, WallTime calendar) {
  // Whoever has set the clock back meanwhile gets no negative ages.
  const auto age_of = [&](WallTime at) {
    return std::max(Duration{}, std::chrono::duration_cast<Duration>(calendar - at));
  };
  for (const WallTime at : history.sent) {
    if (age_of(at) < kHour) sent_.push_back(now - age_of(at));
  }
  std::ranges::sort(sent_);
  for (const OpenProblem& open : history.open) {
    if (open_.size() < kOpenLimit) {
      open_.try_emplace(key_of(open.told), Open{open.told, now - age_of(open.since)});
    }
  }
  if (!history.empty()) told_ = std::max(told_, now);
}

void Digest::clear() {
  pending_.clear();
  places_.clear();
  more_.clear();
  missed_ = {};
  first_.reset();
  open_.clear();
}

}  // namespace rollcall::alert
