#include "edit/journal.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace rollcall::edit {
namespace {

/// Records by their content; +1 came, -1 went, 0 went and came back.
class Difference {
 public:
  void went(const EditRecord& record) { count(record, -1); }
  void came(const EditRecord& record) { count(record, 1); }

  ZoneEdit edit() const {
    ZoneEdit net;
    for (const auto& [key, entry] : records_) {
      if (entry.second < 0) net.remove.push_back(*entry.first);
      if (entry.second > 0) net.add.push_back(*entry.first);
    }
    return net;
  }

 private:
  using Key = std::tuple<dns::Type, std::uint32_t, std::vector<std::uint8_t>,
                         std::vector<std::uint8_t>>;  // type, TTL, owner, RDATA

  void count(const EditRecord& record, int by) {
    const dns::Name owner = record.owner.lowered();
    const Bytes wire = owner.wire();
    auto& entry = records_[{record.type, record.ttl, {wire.begin(), wire.end()}, record.rdata}];
    entry.first = &record;
    entry.second += by;
  }

  std::map<Key, std::pair<const EditRecord*, int>> records_;
};

}  // namespace

std::size_t memory_of(const JournalEntry& entry) noexcept {
  std::size_t octets = sizeof(JournalEntry);
  for (const std::vector<EditRecord>* records : {&entry.changes.remove, &entry.changes.add}) {
    for (const EditRecord& record : *records) octets += sizeof(EditRecord) + record.rdata.size();
  }
  return octets;
}

JournalEntry condensed(const JournalChain& chain) {
  Difference difference;
  for (const JournalEntryPtr& entry : chain) {
    for (const EditRecord& record : entry->changes.remove) difference.went(record);
    for (const EditRecord& record : entry->changes.add) difference.came(record);
  }
  return {chain.front()->from, chain.back()->to, difference.edit()};
}

void Journal::append(std::uint32_t serial, ZoneEdit changes) {
  entries_.push_back(
      std::make_shared<const JournalEntry>(JournalEntry{newest_, serial, std::move(changes)}));
  newest_ = serial;
  octets_ += memory_of(*entries_.back());
  while (octets_ > kMaxOctets && drop_oldest()) {
  }
}

bool Journal::drop_oldest() {
  if (entries_.empty()) return false;
  octets_ -= memory_of(*entries_.front());
  entries_.pop_front();
  return true;
}

std::optional<JournalChain> Journal::since(std::uint32_t serial) const {
  const auto first =
      std::ranges::find(entries_, serial, [](const JournalEntryPtr& entry) { return entry->from; });
  if (first == entries_.end()) return std::nullopt;
  return JournalChain(first, entries_.end());
}

}  // namespace rollcall::edit
