/// The journals of all zones: they take each flip, and tell transfers what changed.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "dns/name.hpp"
#include "edit/journal.hpp"
#include "roll/effect.hpp"
#include "zone/transfer_policy.hpp"

namespace rollcall::roll {

/// One thread. An edit goes into the journal as it is. Where another version of a zone takes the
/// place of another one, the difference of both goes into the journal, if that takes no longer than
/// a flip may wait and the SOA has the same fields but the serial; else the journal begins anew.
class Journals : public LiveSink {
 public:
  static constexpr std::uint64_t kMaxCompared = 20'000;  // records of both: some milliseconds
  static constexpr std::size_t kMaxOctets = std::size_t{64} << 20;  // of all zones

  void take(const StoreLive& live) override;
  void forget(const dns::Name& origin);
  /// The zones whose full view has a journal, too, from their next version on.
  void keep_full(std::unordered_set<dns::Name> origins) { full_ = std::move(origins); }

  /// What changed in a view of the zone between two serials, of which the second is the newest one
  /// that was published. @return nothing where that is not known
  std::optional<edit::JournalChain> between(const dns::Name& origin, const edit::Serials& serials,
                                            zone::View view = zone::View::live) const;

 private:
  struct Kept {
    std::weak_ptr<const zone::Zone> of;
    edit::Journal journal;
    edit::Journal full;

    std::size_t memory() const noexcept { return journal.memory() + full.memory(); }
  };

  static void change_version(Kept& kept, const StoreLive& live, bool with_full);
  static void edit_version(Kept& kept, const StoreLive& live, bool with_full);

  std::unordered_map<dns::Name, Kept> journals_;
  std::unordered_set<dns::Name> full_;
  std::size_t octets_ = 0;
};

}  // namespace rollcall::roll
