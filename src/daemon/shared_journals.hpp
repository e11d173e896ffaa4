/// The journals, written on the control thread and read on the thread of transfers.
#pragma once

#include <mutex>

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
  /// For transfers. A flip waits at most while a zone's list of entries is copied.
  /// @param limit octets of entries that are looked through; longer changes are not found
  answer::FindChanges find_changes(std::size_t limit = edit::Journal::kMaxOctets) const {
    return [this, limit](const dns::Name& origin, std::uint32_t from,
                         std::uint32_t to) -> std::optional<edit::JournalEntry> {
      const auto chain = this->chain(origin, from, to);
      if (!chain) return std::nullopt;
      std::size_t octets = 0;
      for (const edit::JournalEntryPtr& entry : *chain) octets += edit::memory_of(*entry);
      return octets <= limit ? std::optional(edit::condensed(*chain)) : std::nullopt;
    };
  }
  /// For IXFR over UDP, whose sender may be forged: it takes some microseconds.
  answer::FindChanges find_few_changes() const { return find_changes(std::size_t{32} << 10); }

 private:
  std::optional<edit::JournalChain> chain(const dns::Name& origin, std::uint32_t from,
                                          std::uint32_t to) const {
    const std::lock_guard lock(mutex_);
    return journals_.between(origin, {from, to});
  }

  mutable std::mutex mutex_;
  roll::Journals journals_;
};

}  // namespace rollcall::daemon
