/// What is to happen when: a heap of times with what they are for.
#pragma once

#include <optional>
#include <queue>
#include <vector>

#include "core/instant.hpp"

namespace rollcall::roster {

/// Entries are never taken out early: a purpose that has lapsed is recognised by who gets it.
template <class Purpose>
class TimerQueue {
 public:
  void add(Instant at, Purpose purpose) { heap_.push({at, next_++, purpose}); }

  std::optional<Instant> earliest() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.top().at);
  }

  /// The purpose of the earliest entry that is due, taken out.
  std::optional<Purpose> take_due(Instant now) {
    if (heap_.empty() || heap_.top().at > now) return std::nullopt;
    const Purpose purpose = heap_.top().purpose;
    heap_.pop();
    return purpose;
  }

 private:
  struct Entry {
    Instant at;
    std::uint64_t order;  // of equal times the first added comes first: one seed, one trace
    Purpose purpose;

    bool operator<(const Entry& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  std::priority_queue<Entry> heap_;
  std::uint64_t next_ = 0;
};

}  // namespace rollcall::roster
