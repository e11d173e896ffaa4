/// Makes few messages of many notices: what comes within seconds is one message, an hour has a
/// limited number, and what changes several times meanwhile is told once, with its latest state.
///
/// All waits go by a clock that nobody sets. The history, which outlives a run, goes by the
/// calendar: a message or problem of the future counts as one of now.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "alert/batch.hpp"
#include "core/instant.hpp"

namespace rollcall::alert {

struct DigestRules {
  Duration batch = std::chrono::seconds(10);  // how long the first notice waits for others
  unsigned max_per_hour = 0;                  // messages; 0: no limit
  Duration remind{};                          // how often open problems are told again; 0: never

  bool operator==(const DigestRules&) const = default;
};

/// Different matters that wait; what comes beyond is counted by kind. 2 MiB in most cases.
inline constexpr std::size_t kPendingLimit = 2000;
/// Open problems that are remembered: their durations and reminders are told.
inline constexpr std::size_t kOpenLimit = 20'000;
/// So many of them outlive a run.
inline constexpr std::size_t kSavedOpenLimit = 2000;
/// While notices keep coming, the first one waits this many times as long as usual.
inline constexpr int kLongestBatch = 3;

class Digest {
 public:
  explicit Digest(DigestRules rules = {}) : rules_(rules) {}

  /// Of what waits and what comes.
  void set(DigestRules rules) { rules_ = rules; }
  void add(Told told, Instant now);
  /// Undelivered notices: told with the next batch, in one of their own if they are urgent.
  void add(const Missed& missed, Instant now);
  /// When take() has a batch; nothing: when something has been added.
  std::optional<Instant> due() const;
  /// All that waits, or a reminder. Call it when it is due.
  /// @return a batch without id and time
  Batch take(Instant now);

  /// What waits, to be saved and added again.
  const std::vector<Told>& pending() const noexcept { return pending_; }
  const Counts& more() const noexcept { return more_; }
  const Missed& missed() const noexcept { return missed_; }
  void restore(std::vector<Told> pending, const Counts& more, const Missed& missed, Instant now);
  /// @param calendar the time of `now`
  History history(Instant now, WallTime calendar) const;
  /// What the last run has told: its messages count, and its problems can end.
  void restore(const History& history, Instant now, WallTime calendar);
  void clear();

 private:
  struct Open {
    Told told;
    Instant since;
  };

  bool is_waiting() const noexcept;
  std::optional<Instant> batch_due() const;
  void track(Told& told, const std::string& key, Instant now);
  void mark_open(std::vector<Told>& told) const;
  void count_message(Instant now);

  DigestRules rules_;
  std::vector<Told> pending_;
  std::unordered_map<std::string, std::size_t> places_;  // of pending_, by key_of()
  Counts more_;
  Missed missed_;
  std::optional<Instant> first_;  // of what waits
  Instant last_{};                // of what waits
  std::deque<Instant> sent_;      // messages of the last hour
  std::unordered_map<std::string, Open> open_;
  Instant told_{};  // the last message
};

}  // namespace rollcall::alert
