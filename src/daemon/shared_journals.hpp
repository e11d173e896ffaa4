/// The journals, written on the control thread and read on the thread of transfers.
#pragma once

#include <mutex>
#include <unordered_set>

#include "answer/transfer.hpp"
#include "roll/journals.hpp"

namespace rollcall::daemon {

class SharedJournals : public roll::LiveSink {
 public:
  void take(const roll::StoreLive& live) override {
    const std::lock_guard lock(mutex_);
    journals_.take(live);
  }
  void forget(const dns::Name& origin) {
    const std::lock_guard lock(mutex_);
    journals_.forget(origin);
  }
  void keep_full(std::unordered_set<dns::Name> origins) {
    const std::lock_guard lock(mutex_);
    journals_.keep_full(std::move(origins));
  }
  /// For transfers. A flip waits at most while a zone's list of entries is copied.
  /// @param limit octets of entries that are looked through; longer changes are not found
  answer::FindChanges find_changes(std::size_t limit = edit::Journal::kMaxOctets) const {
    return [this, limit](const dns::Name& origin, const edit::Serials& serials,
                         zone::View view) -> std::optional<edit::JournalEntry> {
      const auto chain = this->chain(origin, serials, view);
      if (!chain) return std::nullopt;
      std::size_t octets = 0;
      for (const edit::JournalEntryPtr& entry : *chain) octets += edit::memory_of(*entry);
      return octets <= limit ? std::optional(edit::condensed(*chain)) : std::nullopt;
    };
  }
  /// For IXFR over UDP, whose sender may be forged: it takes some microseconds.
  answer::FindChanges find_few_changes() const { return find_changes(std::size_t{32} << 10); }

 private:
  std::optional<edit::JournalChain> chain(const dns::Name& origin, const edit::Serials& serials,
                                          zone::View view) const {
    const std::lock_guard lock(mutex_);
    return journals_.between(origin, serials, view);
  }

  mutable std::mutex mutex_;
  roll::Journals journals_;
};

}  // namespace rollcall::daemon
